package import Failures
internal import Files
internal import JSON

/// Prints a stream to a descriptor: receipts, object lines, and `#end` last. Nothing is printed before the first flush.
///
/// A receipt line that is complete only when all objects are known stands first nevertheless, where these are few enough
/// to be held back; else it stands there as far as it is known, and once more, complete, before `#end`.
package struct BatchWriter {
  /// So many object lines are held back, and no more.
  package static let heldBack = 16_384
  private static let pieceLength = 1 << 16

  private let descriptor: Int32
  package let isJSON: Bool
  private var lines = ObjectLineText()
  private var text: [UInt8] = []
  private var objects = 0
  /// The line that stands before what is held back.
  private var opening: Receipt?

  package init(_ descriptor: Int32 = 1, json: Bool) {
    self.descriptor = descriptor
    isJSON = json
  }

  /// Holds back what follows, until the receipt is given whole, at the `end`.
  package mutating func open(_ receipt: Receipt) { opening = receipt }

  package mutating func write(_ receipt: Receipt) throws(Failure) {
    append(receipt)
    try pass()
  }

  package mutating func write(_ object: ObjectLine) throws(Failure) {
    if isJSON {
      text.append(contentsOf: (object.json.text + "\n").utf8)
    } else {
      lines.append(object, to: &text)
    }
    try count()
  }

  package mutating func write(_ object: ObjectLineText.Fields) throws(Failure) {
    lines.append(object, to: &text)
    try count()
  }

  /// Closes the stream with `#end` and hands all of it to the descriptor; with the receipt that it was opened with.
  package mutating func end(_ complete: Receipt? = nil) throws(Failure) {
    if let complete {
      if opening == nil { append(complete) } else { try handOver(behind: complete) }
    }
    append(Receipt("end", ["lines": String(objects)]))
    try flush()
  }

  /// A whole batch, with its `#end`.
  package static func print(_ batch: Batch, to descriptor: Int32 = 1, json: Bool) throws(Failure) {
    var writer = BatchWriter(descriptor, json: json)
    for receipt in batch.receipts { try writer.write(receipt) }
    for object in batch.objects { try writer.write(object) }
    try writer.end()
  }

  private mutating func append(_ receipt: Receipt) {
    text.append(contentsOf: ((isJSON ? receipt.json.text : receipt.text) + "\n").utf8)
  }

  private mutating func count() throws(Failure) {
    objects += 1
    if let opening, objects > Self.heldBack { try handOver(behind: opening) }
    try pass()
  }

  private mutating func handOver(behind receipt: Receipt) throws(Failure) {
    opening = nil
    let held = text
    text = []
    append(receipt)
    try flush()
    text = held
  }

  private mutating func pass() throws(Failure) {
    if opening == nil, text.count >= Self.pieceLength { try flush() }
  }

  private mutating func flush() throws(Failure) {
    try FileIO.writeAll(descriptor, text, name: "standard output")
    text.removeAll(keepingCapacity: true)
  }
}
