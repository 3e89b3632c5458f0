package import Failures
internal import Files

/// Prints a stream to a descriptor: receipts, object lines, and `#end` last. Nothing is printed before the first flush.
package struct BatchWriter {
  private let asJSON: Bool
  private var output: LineOutput
  private var objects = 0

  package init(_ descriptor: Int32 = 1, json: Bool) {
    output = LineOutput(descriptor)
    asJSON = json
  }

  package mutating func write(_ receipt: Receipt) throws(Failure) {
    try output.write(asJSON ? receipt.json.text : receipt.text)
  }

  package mutating func write(_ object: ObjectLine) throws(Failure) {
    objects += 1
    try output.write(asJSON ? object.json.text : object.text)
  }

  /// Closes the stream with `#end` and hands all of it to the descriptor.
  package mutating func end() throws(Failure) {
    try write(Receipt("end", ["lines": String(objects)]))
    try output.flush()
  }

  /// A whole batch, with its `#end`.
  package static func print(_ batch: Batch, to descriptor: Int32 = 1, json: Bool) throws(Failure) {
    var writer = BatchWriter(descriptor, json: json)
    for receipt in batch.receipts { try writer.write(receipt) }
    for object in batch.objects { try writer.write(object) }
    try writer.end()
  }
}
