package import Failures
internal import Files

/// Prints a stream to a descriptor: receipts, object lines, and `#end` last. Nothing is printed before the first flush.
package struct BatchWriter {
  private let descriptor: Int32
  private let asJSON: Bool
  private var buffer: [UInt8] = []
  private var objects = 0

  package init(_ descriptor: Int32 = 1, json: Bool) {
    self.descriptor = descriptor
    asJSON = json
  }

  package mutating func write(_ receipt: Receipt) throws(Failure) {
    try write(line: asJSON ? receipt.json.text : receipt.text)
  }

  package mutating func write(_ object: ObjectLine) throws(Failure) {
    objects += 1
    try write(line: asJSON ? object.json.text : object.text)
  }

  /// Closes the stream with `#end` and hands all of it to the descriptor.
  package mutating func end() throws(Failure) {
    try write(Receipt("end", ["lines": String(objects)]))
    try flush()
  }

  /// A whole batch, with its `#end`.
  package static func print(_ batch: Batch, to descriptor: Int32 = 1, json: Bool) throws(Failure) {
    var writer = BatchWriter(descriptor, json: json)
    for receipt in batch.receipts { try writer.write(receipt) }
    for object in batch.objects { try writer.write(object) }
    try writer.end()
  }

  private mutating func write(line: String) throws(Failure) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= 1 << 16 { try flush() }
  }

  private mutating func flush() throws(Failure) {
    try FileIO.writeAll(descriptor, buffer, name: "standard output")
    buffer.removeAll(keepingCapacity: true)
  }
}
