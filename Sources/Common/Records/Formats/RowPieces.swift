internal import Bytes
internal import JSON
package import Parquet

/// The rows of a Parquet file, a row group a piece: a line is a row.
package final class RowPieces: RecordPieces {
  package let unit = RecordUnit.row
  private let file: ParquetFile
  private let selection: RowSelection
  private var upcoming = 0

  package init(_ file: ParquetFile, _ selection: RowSelection) {
    self.file = file
    self.selection = selection
  }

  package func next() throws(RecordError) -> (any RecordPiece)? {
    guard upcoming < file.rowGroups.count else { return nil }
    defer { upcoming += 1 }
    return RowGroupLines(file: file, rowGroup: upcoming, selection: selection)
  }
}

/// A row group, of which only so much text is in memory as is handed over at a time.
private struct RowGroupLines: RecordPiece {
  private static let blockSize = 256 << 10

  let file: ParquetFile
  let rowGroup: Int
  let selection: RowSelection

  /// Nobody knows; few row groups are smaller.
  var size: Int { 1 << 20 }

  func read(_ take: (PieceContent) -> Bool) throws(RecordError) {
    do throws(ParquetError) {
      let reader = try RowReader(file, rowGroup: rowGroup, selection)
      var text = JSONText()
      while try reader.append(to: &text, until: Self.blockSize) {
        guard take(.lines(text.bytes)) else { return }
        text.removeAll()
      }
    } catch { throw RecordError(error) }
  }
}

extension RecordError {
  package init(_ error: ParquetError) {
    switch error {
    case .damaged(let reason), .unsupported(let reason): self = .damaged(reason: reason)
    case .source(let failure): self = .source(failure)
    }
  }
}
