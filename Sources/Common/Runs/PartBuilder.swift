package import Failures

/// A part that is being decoded, or gathered from others, in memory of its own.
package final class PartBuilder: @unchecked Sendable {
  private(set) var records = Pile<RunRecord>()
  private(set) var content = Pile<UInt8>()
  /// The values of the record at hand.
  private var values = Pile<RunValue>()

  package init() {}

  /// Valid while the builder lives, and until it takes in more.
  package var part: RunPart { RunPart(records: records.elements, content: content.bytes) }

  /// In bytes.
  package var size: Int { content.count + records.count * MemoryLayout<RunRecord>.stride }

  var isFull: Bool { size >= RunPart.fullSize || records.count >= RunPart.mostRecords }

  // MARK: - One record

  /// Where the record at hand begins; its text is appended from there on.
  func begin() -> Int {
    values.removeAll()
    return content.count
  }

  func append(_ text: UnsafeRawBufferPointer) { content.append(text) }
  func append(_ value: RunValue) { values.append(value) }

  /// Ends the record; what it says of its text and values is filled in.
  func end(_ record: RunRecord, from start: Int) {
    var record = record
    record.offset = UInt32(truncatingIfNeeded: start)
    record.textCount = UInt32(truncatingIfNeeded: content.count - start)
    record.valueCount = UInt16(truncatingIfNeeded: values.count)
    content.pad(to: 8)
    content.append(values.bytes)
    records.append(record)
  }

  /// A record of another part, whose content is read into memory here; gives its number.
  package func append(
    _ record: RunRecord, read: (UnsafeMutableRawBufferPointer, RunRecord) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    var copy = record
    copy.offset = UInt32(truncatingIfNeeded: content.count)
    try read(content.extend(by: record.size), record)
    records.append(copy)
    return records.count - 1
  }
}
