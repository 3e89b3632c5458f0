package import JSON

/// The rows of one row group as NDJSON.
///
/// A column is not read before the first row of it that is wanted, and so not at all where the statistics of the times, or
/// the times themselves, leave no row.
package final class RowReader {
  private var lines: RowLines
  private var failure: ParquetError?

  package init(_ file: ParquetFile, rowGroup: Int, _ selection: RowSelection) throws(ParquetError) {
    guard file.rowGroups.indices.contains(rowGroup) else { throw .damaged("it has no row group \(rowGroup)") }
    lines = try RowLines(file.schema, file.rowGroups[rowGroup], selection) { leaves throws(ParquetError) in
      let bytes = try RowGroupBytes(file, rowGroup: rowGroup, leaves: leaves.map(\.index))
      var columns: [DecodedColumn] = []
      for leaf in leaves {
        let reader = try ColumnReader(file, leaf: leaf.index, rowGroup: rowGroup, from: bytes)
        columns.append(DecodedColumn(reader))
      }
      return columns
    }
  }

  /// Appends rows, each as a line with its newline, until there are `size` bytes or the row group ends; at least one row.
  /// A row that is left out is an empty line: so a row's number in the row group is its line's. False where none is left.
  package func append(to text: inout JSONText, until size: Int) throws(ParquetError) -> Bool {
    if let failure { throw failure }
    do throws(ParquetError) {
      return try lines.append(to: &text, until: size)
    } catch {
      failure = error
      throw error
    }
  }
}
