package import Failures
package import Files
internal import Bytes

/// What a run is made of: an object at its time, and the fields that it is read by.
package struct RunIdentity: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The first 16 bytes of the SHA-256 of the text.
  package init(of text: String) {
    var digest = SHA256()
    digest.update(text)
    let bytes = digest.finish()
    func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(0), low: word(8))
  }

  /// Nil unless it is 32 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    var words: (high: UInt64, low: UInt64) = (0, 0)
    var count = 0
    for digit in hex.utf8 {
      guard let value = Hex.value(of: digit) else { return nil }
      words = (words.high << 4 | words.low >> 60, words.low << 4 | UInt64(value))
      count += 1
    }
    guard count == 32 else { return nil }
    self.init(high: words.high, low: words.low)
  }

  /// 32 hexadecimal digits.
  package var hex: String {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Hex.encode($0) }
  }
}

/// The records of one object, decoded; never changed after.
package final class Run: @unchecked Sendable {
  package let parts: [RunPart]
  /// The malformed records that were passed over, in line order.
  package let bad: [BadRecord]
  package let records: Int
  /// What the parts lie in.
  private let owner: AnyObject
  private let file: MappedFile?
  private let entries: [RunTail.Entry]

  /// A run in memory.
  init(_ builders: [PartBuilder], bad: [BadRecord]) {
    parts = builders.map(\.part)
    self.bad = bad
    records = builders.reduce(0) { $0 + $1.records }
    owner = Owners(builders)
    file = nil
    entries = []
  }

  private final class Owners {
    let builders: [PartBuilder]
    init(_ builders: [PartBuilder]) { self.builders = builders }
  }

  /// A run in a file; 65 where the file is not that run, or was cut short. The parts' own checksums are compared by `isIntact`.
  package init(_ file: MappedFile, _ identity: RunIdentity, name: String) throws(Failure) {
    let tail = try RunTail(file.bytes, of: file.bytes.count, identity, name: name)
    entries = try tail.entries()
    bad = try tail.bad()
    parts = entries.map { $0.part(of: file.bytes) }
    records = entries.reduce(0) { $0 + $1.records }
    owner = file
    self.file = file
  }

  /// Whether every byte is as it was written.
  package func isIntact() -> Bool {
    guard let file else { return true }
    return entries.allSatisfy { entry in
      CRC32.checksum(UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])) == entry.checksum
    }
  }

  /// Of its file, in bytes.
  package var size: Int64 { Int64(file?.bytes.count ?? 0) }

  /// Lets go of the memory that holds pages of the file; they are read again when they are needed.
  package func release() { file?.forget() }
}
