package import Bytes
internal import CCSV

/// An object of CSV or TSV cut into pieces of whole records, decompressed.
///
/// A newline ends a record where the quotes before it are even in number: whoever knows no more than that finds the ends of
/// records in files that keep the rules. In others it is the first wrong quote that is told.
package final class CSVChunks: RecordPieces {
  package let unit = RecordUnit.line
  package let isCanonical = true
  private var input: PieceInput
  private let delimiter: UInt8
  private let wanted: RecordColumns?
  private let needed: String?
  private var header: CSVHeader?
  private var isFirst = true
  /// Before the piece that has the header there are only empty ones.
  private var linesBeforeHeader = 0
  /// What was read behind the last record that was given.
  private var rest: [UInt8] = []
  private var isOver = false

  /// All columns are wanted where `wanted` is nil; without the one that is `needed` the object is none that can be read.
  /// Without `names` the first row has them.
  package init(
    _ source: any ByteSource, name: String, size: Int, delimiter: UInt8, names: [String]?,
    wanted: RecordColumns?, needed: String? = nil
  ) {
    input = PieceInput(ObjectInput(source, name: name), size: size)
    self.delimiter = delimiter
    self.wanted = wanted
    self.needed = needed
    header = names.map { CSVHeader(names: $0, wanted: wanted) }
  }

  package func next() throws(RecordError) -> (any RecordPiece)? {
    guard !isOver, let (piece, isTooLong) = try records() else { return nil }
    isOver = isTooLong
    var (start, headerLines) = (0, 0)
    if isFirst, piece.starts(with: CSVDialect.byteOrderMark) { start = CSVDialect.byteOrderMark.count }
    isFirst = false
    if header == nil { (start, headerLines) = try takeHeader(piece, from: start) }
    if let needed, let header, !header.has(needed) { throw .noColumn(needed) }
    return CSVPiece(
      bytes: piece, header: header ?? CSVHeader(names: [], wanted: nil), delimiter: delimiter, start: start,
      headerLines: headerLines,
      isTooLong: isTooLong)
  }

  /// Where the records begin, and in which line. Empty lines before the header are passed over.
  private func takeHeader(_ piece: [UInt8], from start: Int) throws(RecordError) -> (start: Int, lines: Int) {
    let result: Result<(Int, Int), RecordError> = piece.withUnsafeBytes { bytes in
      var fields = CSVFields(bytes, delimiter: delimiter, from: start)
      var lines = 0
      while fields.skipEmptyLine() { lines += 1 }
      if fields.isAtEnd {
        linesBeforeHeader += lines
        return .success((bytes.count, lines))
      }
      do throws(RecordError) {
        header = try CSVHeader(&fields, line: linesBeforeHeader + lines + 1, wanted: wanted)
      } catch { return .failure(error) }
      return .success((fields.position, lines + 1 + fields.quotedLines))
    }
    return try result.get()
  }

  /// The next piece, which isn't empty; nil at the end. What is too long for a record ends the object.
  private func records() throws(RecordError) -> (piece: [UInt8], isTooLong: Bool)? {
    var piece = rest
    rest = []
    var (searched, quotes) = (0, 0)
    while !input.isAtEnd {
      try input.fill(&piece)
      let found = piece.withUnsafeBytes { Self.endOfRecords($0, from: searched, quotesBefore: quotes) }
      if let end = found.end {
        rest = Array(piece[end...])
        piece.removeSubrange(end...)
        return (piece, false)
      }
      (searched, quotes) = (piece.count, found.quotes)
      if piece.count > LineReader.longest { return (piece, true) }
    }
    return piece.isEmpty ? nil : (piece, false)
  }

  /// Behind the last newline from `start` on that is not in quotes; and how many quotes there are.
  private static func endOfRecords(
    _ bytes: UnsafeRawBufferPointer, from start: Int, quotesBefore: Int
  ) -> (end: Int?, quotes: Int) {
    guard let base = bytes.baseAddress else { return (nil, quotesBefore) }
    let quotes = quotesBefore + ccsv_count(base + start, bytes.count - start, CSVDialect.quote)
    var isInside = quotes % 2 == 1
    var at = bytes.count
    while at > start {
      at -= 1
      if bytes[at] == CSVDialect.quote {
        isInside.toggle()
      } else if bytes[at] == CSVDialect.newline, !isInside {
        return (at + 1, quotes)
      }
    }
    return (nil, quotes)
  }
}
