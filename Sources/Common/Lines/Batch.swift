package import Failures
internal import Bytes
internal import Files

/// What one stage hands to the next: the receipts of the stages so far, and the objects.
package struct Batch: Equatable, Sendable {
  package var receipts: [Receipt]
  package var objects: [ObjectLine]

  package init(receipts: [Receipt] = [], objects: [ObjectLine] = []) {
    self.receipts = receipts
    self.objects = objects
  }

  /// The last receipt line of that word: a later stage's word stands for an earlier one's.
  package func receipt(_ word: String) -> Receipt? { receipts.last { $0.word == word } }

  /// Reads a whole stream from a descriptor; nil for an empty one, which means that nothing is due.
  ///
  /// A stream with a `#` line closes with `#end` and the number of its object lines, and every line closes with a
  /// newline; one that does not was truncated, and is refused with 65. Lines with no `#` at all are taken as they are.
  package static func read(_ descriptor: Int32 = 0, name: String = "standard input") throws(Failure) -> Batch?
  {
    let bytes = try FileIO.readAll(descriptor, name: name)
    return try parse(bytes, name: name)
  }

  package static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> Batch? {
    if bytes.isEmpty { return nil }
    func refuse(_ reason: String) -> Failure { Failure(.badData, cannot: "read", name, because: reason) }
    guard bytes.last == UInt8(ascii: "\n") else {
      throw refuse("the last line has no newline: it was cut short")
    }
    var parser = BatchParser()
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if let reason = parser.take(bytes[start..<end]) { throw refuse("line \(parser.lines): \(reason)") }
      start = end + 1
      if start == bytes.count { break }
    }
    if let reason = parser.finish() { throw refuse(reason) }
    return parser.batch
  }
}

/// Takes a stream line by line; each step returns what is wrong, or nil.
private struct BatchParser {
  private(set) var batch = Batch()
  private(set) var lines = 0
  private var ended = false

  static let longestLine = 1 << 16

  mutating func take(_ bytes: ArraySlice<UInt8>) -> String? {
    lines += 1
    if ended { return "something follows #end" }
    if bytes.count > Self.longestLine { return "longer than \(Self.longestLine) bytes" }
    guard let text = String(validating: bytes, as: UTF8.self) else { return "invalid UTF-8" }
    guard let line = Line(text[...]) else {
      return
        "neither an object line nor a receipt: '\(PercentEncoding.encodeForLine(text.prefix(60).description))'"
    }
    switch line {
    case .object(let object): batch.objects.append(object)
    case .receipt(let receipt) where receipt.word == "end": return end(receipt)
    case .receipt(let receipt): batch.receipts.append(receipt)
    }
    return nil
  }

  private mutating func end(_ receipt: Receipt) -> String? {
    ended = true
    guard let text = receipt["lines"], let count = Int(text) else {
      return "#end without its number of lines"
    }
    if text == String(batch.objects.count) { return nil }
    return "#end counts \(count) object lines, and there are \(batch.objects.count): some were lost"
  }

  mutating func finish() -> String? {
    batch.receipts.isEmpty || ended ? nil : "the stream ends without #end: it was cut short"
  }
}
