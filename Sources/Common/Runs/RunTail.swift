internal import Bytes
internal import Failures

/// The end of a run's file: its table, what is malformed, and its footer. The format is drawn in RunFormat.swift.
struct RunTail {
  /// A part of the file.
  struct Entry {
    let range: Range<Int>
    let records: Int
    let checksum: UInt32
    let mentions: Int
    /// In bytes.
    let names: Int

    func part(of bytes: UnsafeRawBufferPointer) -> RunPart {
      let third = range.upperBound - names
      let second = third - mentions * MemoryLayout<RunMention>.stride
      return RunPart(
        bytes: UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound..<second]),
        mentions: UnsafeRawBufferPointer(rebasing: bytes[second..<third])
          .assumingMemoryBound(to: RunMention.self),
        nameBytes: UnsafeRawBufferPointer(rebasing: bytes[third..<range.upperBound]))
    }
  }

  private let bytes: UnsafeRawBufferPointer
  private let name: String
  /// Where the table begins in the file, and in `bytes`; where the footer begins in `bytes`.
  private let tableOffset: Int
  private let table: Int
  private let footer: Int
  private let partCount: Int
  private let badCount: Int

  /// How many bytes at the end of a file to look at: of most, all.
  static let usual = 4096

  /// Of the last bytes of a file, how many of them are needed: the footer tells. Nil where there is no footer.
  static func needed(_ bytes: UnsafeRawBufferPointer, of length: Int) -> Int? {
    let footer = bytes.count - RunFormat.footerLength
    guard footer >= 0 else { return nil }
    let start = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: footer, as: UInt64.self))
    return start <= UInt64(length) ? length - Int(start) : nil
  }

  /// `bytes` are the last ones of a file of that length; 65 where it is not that run, or was cut short.
  init(
    _ bytes: UnsafeRawBufferPointer, of length: Int, _ identity: RunIdentity, name: String
  ) throws(Failure) {
    self.bytes = bytes
    self.name = name
    footer = bytes.count - RunFormat.footerLength
    guard footer >= 0, bytes[(bytes.count - 8)...].elementsEqual(RunFormat.endMagic) else {
      throw Self.corrupt(name, "it is cut short")
    }
    guard bytes.u32(footer + 44) == RunFormat.version else {
      throw Self.corrupt(name, "it is of another version")
    }
    let start = bytes.u64(footer)
    partCount = Int(bytes.u32(footer + 16))
    badCount = Int(bytes.u32(footer + 20))
    let skipped = length - bytes.count
    guard bytes.u64(footer + 8) == UInt64(length), start <= UInt64(length), Int(start) >= skipped,
      Int(start) - skipped <= footer, partCount * RunFormat.entryLength <= footer - (Int(start) - skipped)
    else { throw Self.corrupt(name, "its table does not fit") }
    tableOffset = Int(start)
    table = tableOffset - skipped
    let checked = UnsafeRawBufferPointer(rebasing: bytes[table..<footer + RunFormat.checkedFooter])
    guard bytes.u32(footer + 40) == CRC32.checksum(checked), bytes.u64(footer + 24) == identity.high,
      bytes.u64(footer + 32) == identity.low
    else { throw Self.corrupt(name, "its checksum is wrong") }
  }

  private static func corrupt(_ name: String, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name, because: reason)
  }

  func entries() throws(Failure) -> [Entry] {
    var entries: [Entry] = []
    for index in 0..<partCount {
      let at = table + index * RunFormat.entryLength
      let offset = bytes.u64(at)
      guard offset <= UInt64(tableOffset), offset % 8 == 0 else {
        throw Self.corrupt(name, "a part lies outside")
      }
      let entry = Entry(
        range: Int(offset)..<Int(offset) + Int(bytes.u32(at + 8)), records: Int(bytes.u32(at + 12)),
        checksum: bytes.u32(at + 16), mentions: Int(bytes.u32(at + 20)),
        names: Int(bytes.u32(at + 24)))
      guard entry.range.upperBound <= tableOffset, (entry.range.count - entry.names) % 8 == 0,
        entry.mentions * MemoryLayout<RunMention>.stride + entry.names <= entry.range.count
      else { throw Self.corrupt(name, "a part lies outside") }
      entries.append(entry)
    }
    return entries
  }

  func bad() throws(Failure) -> [BadRecord] {
    var records: [BadRecord] = []
    var at = table + partCount * RunFormat.entryLength
    for _ in 0..<badCount {
      guard at + 12 <= footer else { throw Self.corrupt(name, "a malformed record lies outside") }
      let line = bytes.u64(at)
      let end = at + 12 + Int(bytes.u32(at + 8))
      guard end <= footer else { throw Self.corrupt(name, "a malformed record lies outside") }
      let reason = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at + 12..<end]), as: UTF8.self)
      let isRow = line & RunFormat.row != 0
      records.append(
        BadRecord(line: Int(line & ~RunFormat.row), unit: isRow ? .row : .line, reason: reason))
      at = end
    }
    return records
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func u32(_ at: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }

  fileprivate func u64(_ at: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
}
