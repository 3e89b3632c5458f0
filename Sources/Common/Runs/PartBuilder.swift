/// A part that is being decoded, in memory of its own.
final class PartBuilder: @unchecked Sendable {
  var text = Pile<UInt8>()
  var records = Pile<RunRecord>()
  var values = Pile<RunValue>()

  /// Valid while the builder lives, and until it takes in more.
  var part: RunPart { RunPart(records: records.elements, values: values.elements, text: text.bytes) }

  /// In bytes.
  var size: Int {
    text.count + records.count * MemoryLayout<RunRecord>.stride + values.count * MemoryLayout<RunValue>.stride
  }

  var isFull: Bool { size >= RunPart.fullSize || records.count >= RunPart.mostRecords }
}
