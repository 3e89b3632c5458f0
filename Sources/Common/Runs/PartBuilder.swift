internal import Failures

/// A part that is being decoded, or gathered from others, in memory of its own.
///
/// One thread works on it; to check each access for being exclusive would cost as much as the copying.
package final class PartBuilder: @unchecked Sendable {
  @exclusivity(unchecked) private(set) var bytes = Pile<UInt8>()
  @exclusivity(unchecked) private var mentions = Pile<RunMention>()
  @exclusivity(unchecked) private var names = Pile<UInt8>()
  @exclusivity(unchecked) private(set) var records = 0
  /// Where the record at hand begins, and its text.
  @exclusivity(unchecked) private var start = 0
  @exclusivity(unchecked) private var textStart = 0

  package init() {}

  /// With room for so many bytes.
  init(reserving size: Int) { bytes.reserve(size) }

  /// Valid while the builder lives, and until it takes in more.
  package var part: RunPart {
    RunPart(bytes: bytes.bytes, mentions: mentions.elements, nameBytes: names.bytes)
  }
  package var size: Int { bytes.count + mentions.bytes.count + names.count }
  var isFull: Bool { size >= RunPart.fullSize }

  // MARK: - One record

  func begin() {
    start = bytes.count
    _ = bytes.extend(by: RunRecord.headerSize)
    textStart = bytes.count
  }

  /// All values come before the text.
  func append(_ value: RunValue) {
    bytes.extend(by: MemoryLayout<RunValue>.stride).storeBytes(of: value, as: RunValue.self)
    textStart = bytes.count
  }
  func append(_ text: UnsafeRawBufferPointer) { bytes.append(text) }
  func append(_ number: Double) { bytes.append(integer: number.bitPattern) }

  /// Of the record at hand.
  func mention(_ kind: KeyKind, _ key: UnsafeRawBufferPointer, isDelete: Bool) {
    mentions.append(RunMention(kind, key, offset: start, isDelete: isDelete))
  }

  /// Ends the record; the header's counts of text and values are filled in.
  func end(_ header: RunRecord.Header) {
    var header = header
    let values = (textStart - start - RunRecord.headerSize) / MemoryLayout<RunValue>.stride
    header.valueCount = UInt16(truncatingIfNeeded: values)
    header.textCount = UInt32(truncatingIfNeeded: bytes.count - textStart)
    // Zeros up to the next multiple of 8.
    bytes.append(integer: 0 as UInt64)
    bytes.truncate(to: (bytes.count - 1) & ~7)
    bytes.overwrite(start, with: header)
    if header.idCount > 0, header.flags & RunRecord.delete == 0 { keepNames(header) }
    records += 1
  }

  /// Takes a record of another part.
  func append(_ record: RunRecord) {
    start = bytes.count
    textStart = start + record.header.textStart
    bytes.append(record.bytes)
    record.forEachMention { mention($0, $1, isDelete: record.isDelete) }
    if record.header.idCount > 0, !record.isDelete { keepNames(record.header) }
    records += 1
  }

  private func keepNames(_ header: RunRecord.Header) {
    let head = PartNames.Head(header, offset: start)
    withUnsafeBytes(of: head) { names.append($0) }
    names.append(UnsafeRawBufferPointer(rebasing: bytes.bytes[textStart..<textStart + head.size]))
  }

  /// Takes bytes in that `read` fills, and gives where they are: at a multiple of 8.
  func gather(
    _ count: Int, read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let offset = bytes.count
    try read(bytes.extend(by: count))
    bytes.pad(to: 8)
    return offset
  }

  func header(at offset: Int) -> RunRecord.Header {
    bytes.bytes.loadUnaligned(fromByteOffset: offset, as: RunRecord.Header.self)
  }
}
