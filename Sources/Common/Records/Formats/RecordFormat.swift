internal import Bytes
package import Parquet

/// How the records lie in objects, as far as that is told and not found out.
package struct RecordFormat: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// By the name's end, else by the first bytes: `PAR1` (`PARE` where it is encrypted), else NDJSON.
    case auto
    case ndjson, csv, tsv, parquet
  }

  package var kind = Kind.auto
  /// The names of the fields of CSV and TSV that has no header row; nil where it has one.
  package var columns: [String]?
  /// Only records whose time lies there.
  package var times: RowTimes?

  package init() {}

  /// What of it is not as it is without options, in one spelling: empty where all is. Records that are read by another
  /// format are other records.
  package var canonicalText: String {
    var words: [String] = []
    func add(_ key: String, _ value: String) {
      words.append(key + "=" + PercentEncoding.encodeForLine(value))
    }
    if kind != .auto { add("format", kind.rawValue) }
    if let columns { add("columns", columns.joined(separator: ",")) }
    if let times {
      add("time-column", times.column)
      if let since = times.since { add("since", String(since)) }
      if let until = times.until { add("until", String(until)) }
    }
    return words.joined(separator: " ")
  }

  /// The kind of an object of that name; `auto` where only its first bytes can tell.
  package func kind(of name: String) -> Kind {
    guard kind == .auto else { return kind }
    var name = name.lowercased()[...]
    for compressed in [".gz", ".gzip", ".zst"] where name.hasSuffix(compressed) {
      name = name.dropLast(compressed.count)
      break
    }
    for kind in [Kind.parquet, .csv, .tsv] where name.hasSuffix("." + kind.rawValue) { return kind }
    return .auto
  }

  /// Why an object of that kind can't be read; nil where it can. Only CSV and TSV take columns.
  package func fault(of kind: Kind) -> String? {
    guard columns != nil else { return nil }
    switch kind {
    case .csv, .tsv: return nil
    case .parquet: return "it is Parquet, and --columns is for CSV and TSV"
    case .auto, .ndjson: return "it is taken for NDJSON, and --columns is for CSV and TSV: tell --format"
    }
  }

  /// Why these can't be the names of columns; nil where they can.
  package static func fault(ofColumns names: [String]) -> String? { CSVHeader.fault(of: names) }

  /// How many bytes tell the kind.
  package static let mark = 4

  /// By the first bytes of an object.
  package static func kind(beginning bytes: some Sequence<UInt8>) -> Kind {
    ["PAR1", "PARE"].contains { bytes.starts(with: $0.utf8) } ? .parquet : .ndjson
  }
}
