internal import JSON

/// What the fields of a record are, by their place.
struct CSVHeader: Sendable {
  struct Column: Sendable {
    /// `"name":`, with a comma before it.
    let member: [UInt8]
    /// Nil for one that isn't wanted.
    let kind: RecordColumns.Kind?
  }

  let names: [String]
  let columns: [Column]
  /// What the names come from, for messages.
  let source: String

  /// Names that are told. All columns are wanted where `wanted` is nil.
  init(names: [String], wanted: RecordColumns?) {
    source = "--columns"
    self.names = names
    columns = Self.columns(names, wanted)
  }

  /// Takes the header row, in that line, from the fields.
  init(_ fields: inout CSVFields, line: Int, wanted: RecordColumns?) throws(RecordError) {
    var names: [String] = []
    do throws(CSVFields.Fault) {
      while true {
        var text = CSVText()
        let end = try fields.next(into: &text)
        guard let name = Self.name(text.bytes) else { throw .notText }
        names.append(name)
        if case .record = end { break }
      }
    } catch { throw .unreadable(line: line, reason: error.reason) }
    if fields.hasLooseReturn { throw .unreadable(line: line, reason: CSVReading.looseReturn) }
    if let reason = Self.fault(of: names) { throw .unreadable(line: line, reason: reason) }
    source = "the header"
    self.names = names
    columns = Self.columns(names, wanted)
  }

  func has(_ name: String) -> Bool { names.contains { $0.utf8.elementsEqual(name.utf8) } }

  /// What the JSON of a field stands for; nil where it isn't UTF-8.
  private static func name(_ json: UnsafeRawBufferPointer) -> String? {
    var scanner = JSONScanner(json)
    guard let token = try? scanner.next() else { return nil }
    guard case .string = token else { return "" }
    var text = JSONText()
    text.append(unescaping: scanner.raw)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private static func columns(_ names: [String], _ wanted: RecordColumns?) -> [Column] {
    names.map { name in
      var member: [UInt8] = [UInt8(ascii: ",")]
      JSONValue.write(name, to: &member)
      member.append(UInt8(ascii: ":"))
      return Column(member: member, kind: wanted.map { $0.kind(of: name) } ?? .string)
    }
  }

  /// Why these can't be the names of fields; nil where they can.
  static func fault(of names: [String]) -> String? {
    // By their bytes, as the parser behind compares them.
    var seen: Set<[UInt8]> = []
    for name in names {
      if name.isEmpty { return "a column has no name" }
      if !seen.insert(Array(name.utf8)).inserted { return "two columns are named '\(name)'" }
    }
    return nil
  }
}
