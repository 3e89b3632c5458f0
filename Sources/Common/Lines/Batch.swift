package import Failures
internal import Bytes
internal import Files
internal import Glibc

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
  /// A second `#list` replaces the first one, in its place: a long listing says only at its end what it took. Lines of
  /// other words are all kept.
  /// A stream with a `#` line closes with `#end` and the number of its object lines, and every line closes with a
  /// newline; one that does not was truncated, and is refused with 65. Lines with no `#` at all are taken as they are.
  package static func read(_ descriptor: Int32 = 0, name: String = "standard input") throws(Failure) -> Batch?
  {
    var parser = BatchParser(name: name)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    while true {
      let count = try FileIO.read(descriptor, into: chunk, name: name)
      try parser.take(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      if count < chunk.count { return try parser.finish() }
    }
  }

  /// Reads a stream up to its `#end`, behind which something else follows, and gives what was read of that; 65 where it has no end.
  package static func read(
    opening descriptor: Int32, name: String = "standard input"
  ) throws(Failure) -> (batch: Batch, rest: [UInt8]) {
    var parser = BatchParser(name: name)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    while true {
      let count = try FileIO.read(descriptor, into: chunk, name: name)
      let piece = UnsafeRawBufferPointer(rebasing: chunk[..<count])
      let rest = try parser.take(piece, upToEnd: true)
      if let batch = try parser.ended(isLast: count < chunk.count) { return (batch, Array(rest)) }
    }
  }

  package static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> Batch? {
    var parser = BatchParser(name: name)
    try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
      _ = try parser.take(UnsafeRawBufferPointer(bytes))
    }
    return try parser.finish()
  }
}

/// Takes a stream piece by piece, and refuses it at the first line that is wrong: what never ends need not be kept.
private struct BatchParser {
  private let name: String
  private var batch = Batch()
  private var lines = 0
  private var ended = false
  /// The line that has no newline yet.
  private var open: [UInt8] = []

  static let longestLine = 1 << 16

  init(name: String) { self.name = name }

  /// Gives what is behind the `#end`, where nothing is to be taken from there.
  @discardableResult mutating func take(
    _ piece: UnsafeRawBufferPointer, upToEnd: Bool = false
  ) throws(Failure) -> UnsafeBufferPointer<UInt8> {
    var rest = piece.bindMemory(to: UInt8.self)
    while !(upToEnd && ended), let base = rest.baseAddress, let newline = memchr(base, 0x0A, rest.count) {
      let length = UnsafeRawPointer(newline) - UnsafeRawPointer(base)
      try close(UnsafeBufferPointer(rebasing: rest[..<length]))
      rest = UnsafeBufferPointer(rebasing: rest[(length + 1)...])
    }
    if upToEnd && ended { return rest }
    open.append(contentsOf: rest)
    if open.count > Self.longestLine { try close(UnsafeBufferPointer(rebasing: rest[..<0])) }
    return UnsafeBufferPointer(rebasing: rest[..<0])
  }

  /// The batch, where its `#end` has come; 65 where that has to be by now.
  func ended(isLast: Bool) throws(Failure) -> Batch? {
    if ended { return batch }
    if isLast { throw refusal("the slice ends without #end: it was cut short") }
    return nil
  }

  /// Nil for a stream of no bytes.
  mutating func finish() throws(Failure) -> Batch? {
    guard open.isEmpty else { throw refusal("the last line has no newline: it was cut short") }
    guard batch.receipts.isEmpty || ended else {
      throw refusal("the stream ends without #end: it was cut short")
    }
    return lines > 0 ? batch : nil
  }

  /// The line that ends with these bytes; it may have begun in the piece before.
  private mutating func close(_ end: UnsafeBufferPointer<UInt8>) throws(Failure) {
    lines += 1
    var reason: String?
    if open.isEmpty {
      reason = fault(of: end)
    } else {
      let whole = open + end
      open.removeAll(keepingCapacity: true)
      reason = whole.withUnsafeBufferPointer { fault(of: $0) }
    }
    if let reason { throw refusal("line \(lines): \(reason)") }
  }

  private func refusal(_ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name, because: reason)
  }

  /// Adds a line to the batch; what is wrong with it, or nil.
  private mutating func fault(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
    if ended { return "something follows #end" }
    if bytes.count > Self.longestLine { return "longer than \(Self.longestLine) bytes" }
    if let object = ObjectLine(plain: bytes) {
      batch.objects.append(object)
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return "invalid UTF-8" }
    guard let line = Line(text[...]) else {
      return
        "neither an object line nor a receipt: '\(PercentEncoding.encodeForLine(text.prefix(60).description))'"
    }
    switch line {
    case .object(let object): batch.objects.append(object)
    case .receipt(let receipt) where receipt.word == "end": return end(receipt)
    case .receipt(let receipt):
      if receipt.word == "list", let earlier = batch.receipts.firstIndex(where: { $0.word == "list" }) {
        batch.receipts[earlier] = receipt
      } else {
        batch.receipts.append(receipt)
      }
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
}
