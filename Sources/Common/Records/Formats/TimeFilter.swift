package import JSON
package import Parquet
internal import Partitions

/// An object of which only the records are given whose time lies in a range; empty lines stand for the others.
package final class TimedPieces: RecordPieces {
  private let pieces: any RecordPieces
  private let filter: TimeFilter

  package init(_ pieces: any RecordPieces, _ times: RowTimes) {
    self.pieces = pieces
    filter = TimeFilter(times)
  }

  package var unit: RecordUnit { pieces.unit }
  package var hasOwnLines: Bool { pieces.hasOwnLines }

  package func next() throws(RecordError) -> (any RecordPiece)? {
    guard let piece = try pieces.next() else { return nil }
    return TimedPiece(piece: piece, filter: filter)
  }
}

private struct TimedPiece: RecordPiece {
  let piece: any RecordPiece
  let filter: TimeFilter

  var size: Int { piece.size }

  func read(_ take: (PieceContent) -> Bool) throws(RecordError) {
    var text = JSONText()
    var line = 0
    try piece.read { content in
      guard case .lines(let lines) = content else { return take(content) }
      text.removeAll()
      var rest = lines[...]
      while !rest.isEmpty {
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        let next = min(end + 1, rest.endIndex)
        line += 1
        switch filter.judge(UnsafeRawBufferPointer(rebasing: lines[rest.startIndex..<end])) {
        case .inside: text.append(UnsafeRawBufferPointer(rebasing: lines[rest.startIndex..<end]))
        case .outside: break
        case .fault(let reason):
          guard take(.lines(text.bytes)), take(.malformed(line: line, reason: reason)) else { return false }
          text.removeAll()
        }
        if next > end { text.append(0x0A) }
        rest = lines[next...]
      }
      return take(.lines(text.bytes))
    }
  }
}

/// Which records lie in a range of time, by one of their members: an RFC 3339 time, of UTC where it has no offset, a date, or
/// a number of seconds since 1970. What is no record at all is inside, for the parser to complain of.
package struct TimeFilter: Sendable {
  enum Verdict: Equatable {
    case inside, outside
    case fault(String)
  }

  private let times: RowTimes

  package init(_ times: RowTimes) { self.times = times }

  /// Whether all records that have this member lie in the range.
  package func holds(_ member: JSONValue.Member) throws(RecordError) -> Bool {
    let verdict = Array(JSONValue.object([member]).text.utf8).withUnsafeBytes { judge($0) }
    if case .fault(let reason) = verdict { throw .damaged(reason: reason) }
    return verdict == .inside
  }

  func judge(_ line: UnsafeRawBufferPointer) -> Verdict {
    var scanner = JSONScanner(line)
    var verdict = Verdict.outside
    do throws(JSONError) {
      guard try scanner.next() == .beginObject else { return .inside }
      while try scanner.next() == .name {
        if isWanted(scanner.raw, isPlain: scanner.isPlain) {
          verdict = try judge(&scanner)
        } else {
          try scanner.skipValue()
        }
      }
    } catch { return .inside }
    return verdict
  }

  private func isWanted(_ raw: UnsafeRawBufferPointer, isPlain: Bool) -> Bool {
    isPlain ? raw.elementsEqual(times.column.utf8) : Self.text(raw).utf8.elementsEqual(times.column.utf8)
  }

  /// Of the value that comes next.
  private func judge(_ scanner: inout JSONScanner) throws(JSONError) -> Verdict {
    let token = try scanner.next()
    let seconds: Int64?
    switch token {
    case .null: return .outside
    case .number: seconds = Self.seconds(JSONNumber.double(scanner.raw))
    case .string: seconds = Self.seconds(Self.text(scanner.raw))
    default:
      try scanner.skipRest(of: token)
      seconds = nil
    }
    guard let seconds else { return .fault("'\(times.column)' is no time") }
    return seconds >= times.since ?? .min && seconds < times.until ?? .max ? .inside : .outside
  }

  static func seconds(_ text: String) -> Int64? {
    // Else it could be `now`.
    guard let first = text.first, first == "-" || first.isNumber else { return nil }
    for end in ["", "Z", "T00:00:00Z"] {
      if let instant = try? Instant(parsing: text + end, now: Instant(seconds: 0)) { return instant.seconds }
    }
    return text.utf8.contains { $0 > UInt8(ascii: "9") } ? nil : Double(text).flatMap(seconds)
  }

  private static func seconds(_ number: Double) -> Int64? {
    number.isFinite ? Int64(min(max(number.rounded(.down), -1e15), 1e15)) : nil
  }

  private static func text(_ raw: UnsafeRawBufferPointer) -> String {
    var text = JSONText()
    text.append(unescaping: raw)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
