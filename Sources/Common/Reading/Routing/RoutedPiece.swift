internal import Fields
internal import Records
internal import Runs

/// Routed lines of a piece of an object, without what is known only when its turn has come: where it lies, and how many lines of
/// the object come before it.
struct RoutedText: Sendable {
  /// All but the third and the fourth fields.
  var bytes: [UInt8]
  /// Where those two belong, and the line of the piece.
  var gaps: [(at: Int, line: Int)]

  /// The whole lines.
  func lines(of location: String, behind lines: Int) -> [UInt8] {
    var location = location
    return location.withUTF8 { location in
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count + gaps.count * (location.count + 8))
      var start = 0
      for gap in gaps {
        text.append(contentsOf: bytes[start..<gap.at])
        text.append(contentsOf: location)
        text.append(UInt8(ascii: "\t"))
        text.append(decimal: Int64(lines + gap.line))
        start = gap.at
      }
      text.append(contentsOf: bytes[start...])
      return text
    }
  }
}

/// A piece of an object as routed lines.
struct RoutedPiece {
  private static let blockSize = 256 << 10

  let fields: Fields
  /// How many there are.
  let shards: Int

  /// Hands over what is found, as long as `take` wants more. What is malformed has lines among the others.
  func print(_ piece: any RecordPiece, of pieces: any RecordPieces, _ take: (Found) -> Bool) {
    let decoding = RecordDecoding(fields: fields, skipBad: .max, keepsLines: true)
    let decoded = decoding.decode(piece, hasOwnLines: pieces.hasOwnLines)
    var block = Block(fields)
    var bad = decoded.bad[...]
    var isWanted = true
    for part in decoded.parts {
      part.part.forEach { _, record in
        while let first = bad.first, first.line < record.line {
          block.append(first)
          bad.removeFirst()
        }
        block.append(record, RoutedLine.shards(of: record, count: shards))
        if block.size >= Self.blockSize { isWanted = isWanted && take(.routed(block.take())) }
      }
    }
    for record in bad { block.append(record) }
    if block.size > 0 { isWanted = isWanted && take(.routed(block.take())) }
    if let failure = decoded.failure { isWanted = isWanted && take(.broken(failure)) }
    _ = isWanted && take(.lines(decoded.lines))
  }
}

/// Some lines that are being made.
private struct Block: ~Copyable {
  private let text: RecordText
  private var bytes = Pile<UInt8>()
  private var gaps: [(at: Int, line: Int)] = []

  init(_ fields: Fields) { text = RecordText(fields) }

  var size: Int { bytes.count }

  mutating func append(_ record: RunRecord, _ shards: RoutedLine.Shards) {
    RoutedLine.append(shards, record, to: &bytes)
    gaps.append((bytes.count, record.line))
    bytes.append(UInt8(ascii: "\t"))
    text.append(record, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func append(_ record: BadRecord) {
    for byte in "bad\t-\t".utf8 { bytes.append(byte) }
    gaps.append((bytes.count, record.line))
    bytes.append(UInt8(ascii: "\t"))
    for byte in record.reason.utf8 { bytes.append(byte < 0x20 ? UInt8(ascii: " ") : byte) }
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func take() -> RoutedText {
    defer {
      bytes.removeAll()
      gaps = []
    }
    return RoutedText(bytes: Array(bytes.bytes), gaps: gaps)
  }
}
