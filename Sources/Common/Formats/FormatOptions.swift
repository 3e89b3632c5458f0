internal import ArgumentParser
package import Failures
internal import Parquet
internal import Partitions
package import Records

/// The options of every tool that reads records: how they lie in their objects.
package struct FormatOptions: ParsableArguments {
  @Option(help: ArgumentHelp("auto, ndjson, csv, tsv or parquet.", valueName: "format"))
  var format = "auto"

  @Option(help: ArgumentHelp("The columns of CSV or TSV without a header row.", valueName: "name,..."))
  var columns: String?

  // Of these the variables are FRESHET_ROWS_SINCE and the like: FRESHET_SINCE is set for part-ls, in the same pipe.
  @Option(
    name: [.customLong("time-column"), .customLong("rows-time-column")],
    help: ArgumentHelp("The column of --since and --until.", valueName: "name"))
  var rowsTimeColumn: String?

  @Option(
    name: [.customLong("since"), .customLong("rows-since")],
    help: ArgumentHelp("Only records of that time or later.", valueName: "time"))
  var rowsSince: String?

  @Option(
    name: [.customLong("until"), .customLong("rows-until")],
    help: ArgumentHelp("Only records of before that time.", valueName: "time"))
  var rowsUntil: String?

  package init() {}

  package func recordFormat() throws(Failure) -> RecordFormat {
    var result = RecordFormat()
    guard let kind = RecordFormat.Kind(rawValue: format) else {
      throw Failure(.usage, "--format is auto, ndjson, csv, tsv or parquet, not \(format)")
    }
    result.kind = kind
    if let columns {
      guard kind != .ndjson, kind != .parquet else {
        throw Failure(.usage, "--columns is for CSV and TSV: \(format) names its own")
      }
      let names = columns.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if let reason = RecordFormat.fault(ofColumns: names) { throw Failure(.usage, "--columns: \(reason)") }
      result.columns = names
    }
    result.times = try times()
    return result
  }

  private func times() throws(Failure) -> RowTimes? {
    let range = (
      since: try Self.seconds(rowsSince, of: "--since"), until: try Self.seconds(rowsUntil, of: "--until")
    )
    if range.since == nil && range.until == nil { return nil }
    guard let column = rowsTimeColumn, !column.isEmpty else {
      throw Failure(.usage, "--since and --until need --time-column: which column has the time?")
    }
    return RowTimes(column: column, since: range.since, until: range.until)
  }

  /// Never by the clock: each build would be of other records. A date, and a time without an offset, are UTC's as in the data.
  private static func seconds(_ text: String?, of option: String) throws(Failure) -> Int64? {
    guard let text else { return nil }
    for end in ["", "Z", "T00:00:00Z"] where !text.hasPrefix("now") {
      if let instant = try? Instant(parsing: text + end, now: Instant(seconds: 0)) { return instant.seconds }
    }
    throw Failure(
      .usage, cannot: "read the time", "\(option) '\(text)'",
      because: "write 2026-05-04, 2026-05-04T10:05:00Z or @1777889100")
  }
}
