internal import Failures

/// One part of a segment that was opened: its bytes, and how findings name it. Every read is checked.
struct Part: @unchecked Sendable {
  /// In an object, so that a part is copied at little cost.
  private final class Label: Sendable {
    let file: String
    let name: String

    init(file: String, name: String) { (self.file, self.name) = (file, name) }
  }

  private let label: Label
  var file: String { label.file }
  let bytes: UnsafeRawBufferPointer

  init(file: String, name: String, bytes: UnsafeRawBufferPointer) {
    label = Label(file: file, name: name)
    self.bytes = bytes
  }

  func corrupt(_ what: String) -> Failure {
    Failure(.badData, "cannot read \(label.file): \(label.name): \(what)")
  }

  func u32(at offset: Int) throws(Failure) -> UInt32 { try integer(at: offset) }
  func u64(at offset: Int) throws(Failure) -> UInt64 { try integer(at: offset) }

  /// An offset or a length, stored as u64, that is at most `limit`.
  func offset(at offset: Int, limit: Int) throws(Failure) -> Int {
    let value: UInt64 = try integer(at: offset)
    guard value <= UInt64(max(limit, 0)) else { throw corrupt("an offset points behind the end") }
    return Int(value)
  }

  private func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) throws(Failure) -> T {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { throw corrupt("it is too short") }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  func slice(_ range: Range<Int>) throws(Failure) -> UnsafeRawBufferPointer {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else { throw corrupt("it is too short") }
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
