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
    let digest = SHA256.hash(Array(text.utf8))
    func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(0), low: word(8))
  }

  /// Nil unless it is 32 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
      let low = UInt64(hex.dropFirst(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// 32 hexadecimal digits.
  package var hex: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
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
  private let checksums: [(range: Range<Int>, checksum: UInt32)]

  /// A run in memory.
  init(_ builders: [PartBuilder], bad: [BadRecord]) {
    parts = builders.map(\.part)
    self.bad = bad
    records = builders.reduce(0) { $0 + $1.records.count }
    owner = Owners(builders)
    file = nil
    checksums = []
  }

  private final class Owners {
    let builders: [PartBuilder]
    init(_ builders: [PartBuilder]) { self.builders = builders }
  }

  /// A run in a file; 65 where the file is not that run, or was cut short. The parts' own checksums are compared by `verify`.
  package init(_ file: MappedFile, _ identity: RunIdentity, name: String) throws(Failure) {
    var reader = try RunReader(file.bytes, identity, name: name)
    (parts, checksums) = try reader.parts()
    bad = try reader.bad()
    records = parts.reduce(0) { $0 + $1.records.count }
    owner = file
    self.file = file
  }

  /// Whether every byte is as it was written.
  package func isIntact() -> Bool {
    guard let file else { return true }
    return checksums.allSatisfy { part in
      CRC32.checksum(UnsafeRawBufferPointer(rebasing: file.bytes[part.range])) == part.checksum
    }
  }

  /// Of its file, in bytes.
  package var size: Int64 { Int64(file?.bytes.count ?? 0) }

  /// Lets go of the memory that holds pages of the file; they are read again when they are needed.
  package func release() { file?.release() }
}

/// Reads the table and the footer of a run.
private struct RunReader {
  private let bytes: UnsafeRawBufferPointer
  private let name: String
  private let tableStart: Int
  private let partCount: Int
  private let badCount: Int
  private let footer: Int

  init(_ bytes: UnsafeRawBufferPointer, _ identity: RunIdentity, name: String) throws(Failure) {
    self.bytes = bytes
    self.name = name
    footer = bytes.count - RunFormat.footerLength
    guard footer >= 0, bytes[(bytes.count - 8)...].elementsEqual(RunFormat.endMagic) else {
      throw Self.corrupt(name, "it is cut short")
    }
    func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: T.Type) -> T {
      T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
    guard integer(footer + 44, UInt32.self) == RunFormat.version else {
      throw Self.corrupt(name, "it is of another version")
    }
    let start = integer(footer, UInt64.self)
    partCount = Int(integer(footer + 16, UInt32.self))
    badCount = Int(integer(footer + 20, UInt32.self))
    guard integer(footer + 8, UInt64.self) == UInt64(bytes.count), start <= UInt64(footer),
      partCount * RunFormat.entryLength <= footer - Int(start)
    else { throw Self.corrupt(name, "its table does not fit") }
    tableStart = Int(start)
    let checked = UnsafeRawBufferPointer(rebasing: bytes[tableStart..<footer + RunFormat.checkedFooter])
    guard integer(footer + 40, UInt32.self) == CRC32.checksum(checked),
      integer(footer + 24, UInt64.self) == identity.high, integer(footer + 32, UInt64.self) == identity.low
    else { throw Self.corrupt(name, "its checksum is wrong") }
  }

  private static func corrupt(_ name: String, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name, because: reason)
  }

  private func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: T.Type) -> T {
    T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  mutating func parts() throws(Failure) -> ([RunPart], [(range: Range<Int>, checksum: UInt32)]) {
    var parts: [RunPart] = []
    var checksums: [(range: Range<Int>, checksum: UInt32)] = []
    for index in 0..<partCount {
      let entry = tableStart + index * RunFormat.entryLength
      let offset = integer(entry, UInt64.self)
      guard offset <= UInt64(tableStart) else { throw Self.corrupt(name, "a part lies outside") }
      var end = Int(offset)
      func take(_ count: Int, _ stride: Int) -> Range<Int> {
        let start = end
        end = RunFormat.aligned(start + count * stride)
        return start..<start + count * stride
      }
      let records = take(Int(integer(entry + 8, UInt32.self)), MemoryLayout<RunRecord>.stride)
      let values = take(Int(integer(entry + 12, UInt32.self)), MemoryLayout<RunValue>.stride)
      let text = take(Int(integer(entry + 16, UInt32.self)), 1)
      guard end <= tableStart, offset % 8 == 0 else { throw Self.corrupt(name, "a part lies outside") }
      parts.append(
        RunPart(
          records: UnsafeRawBufferPointer(rebasing: bytes[records]).bindMemory(to: RunRecord.self),
          values: UnsafeRawBufferPointer(rebasing: bytes[values]).bindMemory(to: RunValue.self),
          text: UnsafeRawBufferPointer(rebasing: bytes[text])))
      checksums.append((Int(offset)..<end, integer(entry + 20, UInt32.self)))
    }
    return (parts, checksums)
  }

  mutating func bad() throws(Failure) -> [BadRecord] {
    var records: [BadRecord] = []
    var at = tableStart + partCount * RunFormat.entryLength
    for _ in 0..<badCount {
      guard at + 12 <= footer else { throw Self.corrupt(name, "a malformed record lies outside") }
      let line = integer(at, UInt64.self)
      let end = at + 12 + Int(integer(at + 8, UInt32.self))
      guard end <= footer else { throw Self.corrupt(name, "a malformed record lies outside") }
      let reason = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at + 12..<end]), as: UTF8.self)
      records.append(BadRecord(line: Int(clamping: line), reason: reason))
      at = end
    }
    return records
  }
}
