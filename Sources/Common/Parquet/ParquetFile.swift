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
    let schema = try Schema(metadata.elements)
    var groups: [RowGroup] = []
    var row = 0
    for group in metadata.groups {
      let rowGroup = try RowGroup(group, of: metadata, schema.leaves, firstRow: row, fileSize: bytes.count)
      groups.append(rowGroup)
      row += rowGroup.rows
    }
    guard metadata.rows ?? row == row else {
      throw .damaged("its footer has \(metadata.rows ?? 0) rows, and its row groups \(row)")
    }
    self.bytes = bytes
    self.budget = budget ?? Self.sharedBudget
    self.schema = schema
    rowGroups = groups
  }
}

/// Some of the rows of a file, all columns of them.
package struct RowGroup: Sendable {
  package let rows: Int
  /// The number of its first row in the file, from 0.
  package let firstRow: Int
  /// By leaf.
  package let columns: [ColumnChunk]

  init(
    _ group: FileMetadata.GroupMetadata, of file: FileMetadata, _ leaves: [Leaf], firstRow: Int, fileSize: Int
  ) throws(ParquetError) {
    guard group.rows >= 0, !firstRow.addingReportingOverflow(group.rows).overflow else {
      throw .damaged("the number of its rows is damaged")
    }
    guard group.columns.count == leaves.count else {
      throw .damaged("a row group has \(group.columns.count) columns where its schema has \(leaves.count)")
    }
    rows = group.rows
    self.firstRow = firstRow
    columns = zip(group.columns, leaves).map {
      ColumnChunk($0, $1, fileSize: fileSize, isOfParquetMR: file.writer.hasPrefix("parquet-mr"))
    }
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
  let pages: Result<ChunkPages, ParquetError>

  init(_ metadata: ColumnMetadata, _ leaf: Leaf, fileSize: Int, isOfParquetMR: Bool) {
    let bounds = metadata.statistics.bounds(of: leaf)
    least = bounds?.least
    greatest = bounds?.greatest
    nulls = metadata.statistics.nulls.flatMap { $0 < 0 ? nil : $0 }
    pages = Result { () throws(ParquetError) in
      try ChunkPages(metadata, leaf, fileSize: fileSize, isOfParquetMR: isOfParquetMR)
    }
  }
}
