package import Bytes

/// A Parquet file: its footer, read and checked. Its columns are read by `ColumnReader`, its rows by `RowReader`.
package struct ParquetFile: Sendable {
  package let schema: Schema
  package let rowGroups: [RowGroup]
  let bytes: any RandomBytes

  /// Reads the footer.
  package init(_ bytes: any RandomBytes) throws(ParquetError) {
    throw .unsupported("Parquet")
  }
}

/// Some of the rows of a file, all columns of them.
package struct RowGroup: Sendable {
  package let rows: Int
  /// The number of its first row in the file, from 0.
  package let firstRow: Int
  /// By leaf.
  package let columns: [ColumnChunk]
}

/// The values of one column in a row group.
package struct ColumnChunk: Sendable {
  /// The least and the greatest value as PLAIN encodes one (no length before a byte array), where the file says them and
  /// they can be believed: old files' unsigned or byte order is not among them.
  package let least: [UInt8]?
  package let greatest: [UInt8]?
  package let nulls: Int?
}
