package import Bytes

/// A Parquet file: its footer, read and checked. Its columns are read by `ColumnReader`, its rows by `RowReader`.
package struct ParquetFile: Sendable {
  package let schema: Schema
  package let rowGroups: [RowGroup]
  let bytes: any RandomBytes
  let budget: BufferBudget

  /// What all files have that are given no other budget.
  private static let sharedBudget = BufferBudget(bytes: 128 << 20)

  /// Reads the footer. The budget is for what is read ahead of remote bytes.
  package init(_ bytes: any RandomBytes, budget: BufferBudget? = nil) throws(ParquetError) {
    let metadata = try Footer.read(bytes)
    self.bytes = bytes
    self.budget = budget ?? Self.sharedBudget
    schema = metadata.schema
    rowGroups = metadata.groups
  }
}

/// Some of the rows of a file, all columns of them.
package struct RowGroup: Sendable {
  package let rows: Int
  /// The number of its first row in the file, from 0.
  package let firstRow: Int
  /// By leaf.
  package let columns: [ColumnChunk]

  init(_ group: RowGroupFields, _ leaves: [Leaf], firstRow: Int) throws(ParquetError) {
    guard group.rows >= 0, !firstRow.addingReportingOverflow(group.rows).overflow else {
      throw .damaged("the number of its rows is damaged")
    }
    guard group.columnCount == leaves.count else {
      throw .damaged("a row group has \(group.columnCount) columns where its schema has \(leaves.count)")
    }
    rows = group.rows
    self.firstRow = firstRow
    columns = group.columns
  }
}

/// The values of one column in a row group.
package struct ColumnChunk: Sendable {
  /// The least and the greatest value as PLAIN encodes one (no length before a byte array), where the file says them and
  /// they can be believed: old files' unsigned or byte order is not among them. Of bytes they may be cut: then they are
  /// bounds, and no values.
  package let least: [UInt8]?
  package let greatest: [UInt8]?
  package let nulls: Int?
  /// Where its pages are, or why they can't be read: which is no error until they are.
  private let pages: Result<ChunkPages, Damage>

  init(_ metadata: ColumnMetadata, _ leaf: Leaf, fileSize: Int, isOfParquetMR: Bool) {
    let bounds = metadata.statistics.bounds(of: leaf)
    least = bounds?.least
    greatest = bounds?.greatest
    nulls = metadata.statistics.nulls.flatMap { $0 < 0 ? nil : $0 }
    pages = Result { () throws(Damage) in
      try ChunkPages(metadata, leaf, fileSize: fileSize, isOfParquetMR: isOfParquetMR)
    }
  }

  /// Where its pages lie in the file, if they can be read.
  var range: Range<Int>? { try? pages.get().range }

  func pages(of leaf: Leaf) throws(ParquetError) -> ChunkPages {
    do { return try pages.get() } catch { throw error.of(leaf.title) }
  }
}
