internal import ArgumentParser
package import Failures
internal import Glibc
internal import Parquet
internal import Partitions
package import Records

/// The options of every tool that reads records: how they lie in their objects.
package struct FormatOptions: ParsableArguments {
  @Option(help: ArgumentHelp("auto, ndjson, csv, tsv or parquet.", valueName: "format"))
  var format = "auto"

  @Option(help: ArgumentHelp("The columns of CSV or TSV without a header row.", valueName: "name,..."))
  var columns: String?

  @Option(help: ArgumentHelp("The column of --since and --until.", valueName: "name"))
  var timeColumn: String?

  @Option(help: ArgumentHelp("Only records of that time or later.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only records of before that time.", valueName: "time"))
  var until: String?

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

  /// The variables of --since, --until and --time-column may be meant for part-ls, which has options of these names: a range
  /// without a column is wrong only where it is typed, and a column without a range is none.
  private func times() throws(Failure) -> RowTimes? {
    guard let timeColumn, !timeColumn.isEmpty else {
      guard Self.isVariable("FRESHET_SINCE", since), Self.isVariable("FRESHET_UNTIL", until) else {
        throw Failure(.usage, "--since and --until need --time-column: which column has the time?")
      }
      return nil
    }
    let range = (since: try Self.seconds(since), until: try Self.seconds(until))
    guard range.since != nil || range.until != nil else { return nil }
    return RowTimes(column: timeColumn, since: range.since, until: range.until)
  }

  private static func isVariable(_ name: String, _ value: String?) -> Bool {
    guard let value else { return true }
    return getenv(name).map { String(cString: $0) } == value
  }

  private static func seconds(_ text: String?) throws(Failure) -> Int64? {
    guard let text else { return nil }
    return try Instant(parsing: text, now: Instant(seconds: Int64(time(nil)))).seconds
  }
}
