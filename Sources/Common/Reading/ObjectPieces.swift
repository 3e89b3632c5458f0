internal import Bytes
internal import JSON
internal import Parquet
internal import Records
internal import Tables

extension ObjectReading {
  /// How much of an object is decoded at a time, by one thread.
  private static let pieceSize = 4 << 20

  /// An object of any format but Parquet.
  func lines(_ source: any ByteSource, name: String, _ kind: RecordFormat.Kind) -> any RecordPieces {
    switch kind {
    case .csv: separated(source, name: name, by: UInt8(ascii: ","))
    case .tsv: separated(source, name: name, by: UInt8(ascii: "\t"))
    case .auto, .ndjson, .parquet: timed(LineChunks(source, name: name, size: Self.pieceSize))
    }
  }

  private func separated(_ source: any ByteSource, name: String, by delimiter: UInt8) -> any RecordPieces {
    var wanted = columns
    if let times = format.times { wanted?.add(times.column, .string) }
    return timed(
      CSVChunks(
        source, name: name, size: Self.pieceSize, delimiter: delimiter, names: format.columns, wanted: wanted,
        needed: format.times?.column))
  }

  private func timed(_ pieces: any RecordPieces) -> any RecordPieces {
    format.times.map { TimedPieces(pieces, $0) } ?? pieces
  }

  /// A Parquet file. What its table knows of it is given with each row, where it is wanted.
  func rows(
    _ bytes: any RandomBytes, _ table: TableTag?, deleted: [Int] = []
  ) throws(RecordError) -> any RecordPieces {
    var selection = RowSelection()
    selection.columns = columns?.names.map { [$0] }
    selection.times = format.times
    selection.deleted = deleted
    selection.constants = (table?.columns ?? []).compactMap { member in
      columns.map { $0.kind(of: member.key) != nil } ?? true ? (member.key, member.value.text) : nil
    }
    if let times = format.times,
      let member = table?.columns.last(where: { $0.key.utf8.elementsEqual(times.column.utf8) })
    {
      guard try TimeFilter(times).holds(member) else { return NoRows() }
      selection.times = nil
    }
    let file: ParquetFile
    do throws(ParquetError) { file = try ParquetFile(bytes) } catch { throw RecordError(error) }
    // In a table the file may be older than the column: then its rows have none.
    if table == nil, let times = selection.times, !file.schema.has(times.column) {
      throw .noColumn(times.column)
    }
    return RowPieces(file, selection)
  }
}

extension Schema {
  fileprivate func has(_ name: String) -> Bool {
    nodes.contains { $0.name.utf8.elementsEqual(name.utf8) }
  }
}

/// A file of which no row is wanted.
private final class NoRows: RecordPieces {
  let unit = RecordUnit.row

  func next() throws(RecordError) -> (any RecordPiece)? { nil }
}
