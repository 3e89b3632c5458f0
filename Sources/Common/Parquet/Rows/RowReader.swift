package import JSON

/// Which rows, and what of them.
package struct RowSelection: Sendable {
  /// Paths of names from the root; all that lies below each is read, and nothing else. Nil for all columns. A name that
  /// the file does not have selects nothing.
  package var columns: [[String]]?
  /// Only rows whose time lies there.
  package var times: RowTimes?
  /// The numbers in the file, from 0 and ascending, of rows to leave out.
  package var deleted: [Int] = []
  /// Members that each row has besides, in front of its own: the value is compact JSON. One of the same name in the file
  /// is not read.
  package var constants: [(name: String, json: String)] = []

  package init() {}
}

/// A column of times and the range that is wanted, in seconds since 1970: `since` is in it, `until` is not.
/// A row without a time is in no range.
package struct RowTimes: Equatable, Sendable {
  package let column: String
  package let since: Int64?
  package let until: Int64?

  package init(column: String, since: Int64?, until: Int64?) {
    self.column = column
    self.since = since
    self.until = until
  }
}

/// The rows of one row group as NDJSON.
package final class RowReader {
  package init(_ file: ParquetFile, rowGroup: Int, _ selection: RowSelection) throws(ParquetError) {
    throw .unsupported("Parquet")
  }

  /// Appends rows, each as a line with its newline, until there are `size` bytes or the row group ends; at least one row.
  /// A row that is left out is an empty line: so a row's number in the row group is its line's. False where none is left.
  package func append(to text: inout JSONText, until size: Int) throws(ParquetError) -> Bool {
    throw .unsupported("Parquet")
  }
}
