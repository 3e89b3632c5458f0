package import Failures
package import Files
internal import Bytes

/// Where ids and groups are mentioned: in which records of which runs, and as which entries of which segments.
///
///     header     64 bytes   "FRSHTKEY", u32 version, u32 sources, u64 entries, u32 bits of a bucket's number,
///                           u32 CRC-32 of all behind the header, u64 deletes of groups among the entries,
///                           u64 end of the addresses, u32 CRC-32 of the header so far, 12 bytes zero
///     sources               32 bytes each: 16 bytes of identity, u64 kind (0 run, 1 segment), u64 first address
///     buckets               u32 each, 2^bits + 1: where the entries begin whose hashes have that number in front
///     entries               u64 each, by hash (KeyEntry)
///
/// The address is that of the source's first, and the number in the source: that of a record (RunPart.offsetBits), of a
/// segment's document or id tombstone as its live file counts them, or of its group, the group tombstones behind the groups.
/// An entry may be of a source that is gone: whoever looks something up knows which ones are there.
package final class KeyFile: @unchecked Sendable {
  package struct Source: Hashable, Sendable {
    package enum Kind: UInt64, Sendable { case run, segment }

    package let kind: Kind
    package let identity: RunIdentity

    package init(_ kind: Kind, _ identity: RunIdentity) {
      self.kind = kind
      self.identity = identity
    }
  }

  static let magic = Array("FRSHTKEY".utf8)
  static let version: UInt32 = 2
  static let headerLength = 64
  /// The bytes of the header that its checksum covers.
  static let checkedHeader = 48
  static let sourceLength = 32

  package let sources: [Source]
  /// Of each source, in ascending order.
  let firstAddresses: [UInt64]
  private let endAddress: UInt64
  private let guide: AddressGuide
  /// Whether it has deletes of groups.
  package let hasDeletes: Bool
  let layout: KeyEntry
  let entries: UnsafeBufferPointer<UInt64>
  let buckets: UnsafeBufferPointer<UInt32>
  private let checksum: UInt32
  private let mapped: MappedFile
  private let descriptor: Descriptor
  private let name: String
  private let entryStart: Int
  private let scratch = Scratch()

  /// 65 where the file is none, or was cut short. What is behind the header is compared by `isIntact`.
  package init(_ file: consuming Descriptor, name: String) throws(Failure) {
    mapped = try MappedFile(file.number, name: name)
    let head = try KeyFileHead(mapped.bytes, name: name)
    descriptor = file
    self.name = name
    (sources, firstAddresses) = (head.sources, head.firstAddresses)
    endAddress = head.endAddress
    guide = AddressGuide(head.firstAddresses, end: head.endAddress)
    hasDeletes = head.deletes > 0
    layout = KeyEntry(bits: head.bits)
    checksum = head.checksum
    entryStart = head.entryStart
    buckets = UnsafeRawBufferPointer(rebasing: mapped.bytes[head.buckets]).bindMemory(to: UInt32.self)
    entries = UnsafeRawBufferPointer(rebasing: mapped.bytes[head.entryStart...]).bindMemory(to: UInt64.self)
  }

  package var count: Int { entries.count }

  package func isIntact() -> Bool {
    CRC32.checksum(UnsafeRawBufferPointer(rebasing: mapped.bytes[Self.headerLength...])) == checksum
  }

  // MARK: - Looking up

  /// Of more entries, those that are looked at are read one by one: a page that is mapped counts as memory of the process.
  private static let mostMapped = 1 << 24

  /// Every mention of the key of that kind with that hash: its source's place among the sources, and its number there.
  package func forEach(
    _ kind: KeyKind, _ hash: UInt64, _ body: (_ source: Int, _ number: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let bucket = layout.bucket(hash)
    let end = min(Int(buckets[bucket + 1]), entries.count)
    var start = min(Int(buckets[bucket]), end)
    if entries.count <= Self.mostMapped {
      return try forEach(kind, hash, in: UnsafeBufferPointer(rebasing: entries[start..<end]), body)
    }
    while start < end {
      let count = min(end - start, Scratch.count)
      let buffer = UnsafeMutableRawBufferPointer(start: scratch.base, count: count * 8)
      try FileIO.fill(buffer, from: descriptor.number, at: entryStart + start * 8, name: name)
      try forEach(kind, hash, in: UnsafeBufferPointer(start: scratch.base, count: count), body)
      start += count
    }
  }

  private func forEach(
    _ kind: KeyKind, _ hash: UInt64, in entries: UnsafeBufferPointer<UInt64>,
    _ body: (_ source: Int, _ number: Int) throws(Failure) -> Void
  ) throws(Failure) {
    for entry in entries where layout.matches(entry, hash, kind.rawValue) {
      let address = layout.address(entry)
      guard let source = source(of: address) else { continue }
      try body(source, Int(truncatingIfNeeded: address - firstAddresses[source]))
    }
  }

  /// Nil where the address is of none.
  func source(of address: UInt64) -> Int? { guide.source(of: address, firstAddresses) }

  /// How many addresses a source has: up to the next one's first.
  func extent(ofSource index: Int) -> Int {
    let end = index + 1 < firstAddresses.count ? firstAddresses[index + 1] : endAddress
    return Int(end - firstAddresses[index])
  }

  /// Where entries are read to.
  private final class Scratch {
    static let count = 64
    let base = UnsafeMutablePointer<UInt64>.allocate(capacity: count)

    deinit { base.deallocate() }
  }
}

/// Where to begin looking for the source of an address: for each of some thousand equal stretches of all addresses, the last
/// source that begins before it.
struct AddressGuide {
  private static let stretches: UInt64 = 1 << 12

  private let length: UInt64
  private var first: [UInt32] = []

  init(_ firstAddresses: [UInt64], end: UInt64) {
    length = end / Self.stretches + 1
    var source = -1
    for stretch in 0..<Self.stretches {
      while source + 1 < firstAddresses.count, firstAddresses[source + 1] <= stretch * length { source += 1 }
      first.append(UInt32(clamping: source))
    }
  }

  func source(of address: UInt64, _ firstAddresses: [UInt64]) -> Int? {
    let stretch = address / length
    guard stretch < Self.stretches, !firstAddresses.isEmpty, firstAddresses[0] <= address else { return nil }
    var source = Int(first[Int(stretch)])
    while source + 1 < firstAddresses.count, firstAddresses[source + 1] <= address { source += 1 }
    return source
  }
}

/// What comes before the entries.
struct KeyFileHead {
  var sources: [KeyFile.Source] = []
  var firstAddresses: [UInt64] = []
  let bits: Int
  let deletes: UInt64
  let endAddress: UInt64
  let checksum: UInt32
  let buckets: Range<Int>
  let entryStart: Int

  /// 65 where it is damaged, or the file's length isn't what it says.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(Failure) {
    func corrupt(_ reason: String) -> Failure { Failure(.badData, cannot: "read", name, because: reason) }
    func u32(_ at: Int) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }
    func u64(_ at: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    guard bytes.count >= KeyFile.headerLength, bytes.prefix(8).elementsEqual(KeyFile.magic) else {
      throw corrupt("it is no file of keys")
    }
    guard u32(8) == KeyFile.version,
      u32(KeyFile.checkedHeader)
        == CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<KeyFile.checkedHeader]))
    else { throw corrupt("its header is damaged") }
    let count = Int(u32(12))
    bits = Int(u32(24))
    checksum = u32(28)
    deletes = u64(32)
    endAddress = u64(40)
    guard bits <= KeyEntry.maxBits, u64(16) <= UInt64(UInt32.max) else {
      throw corrupt("its header is damaged")
    }
    let bucketStart = KeyFile.headerLength + count * KeyFile.sourceLength
    buckets = bucketStart..<bucketStart + 4 << bits + 4
    entryStart = Self.aligned(buckets.upperBound)
    guard bytes.count == entryStart + Int(u64(16)) * 8 else { throw corrupt("it is cut short") }
    for index in 0..<count {
      let at = KeyFile.headerLength + index * KeyFile.sourceLength
      guard let kind = KeyFile.Source.Kind(rawValue: u64(at + 16)), u64(at + 24) >= firstAddresses.last ?? 0
      else { throw corrupt("a source is none") }
      sources.append(KeyFile.Source(kind, RunIdentity(high: u64(at), low: u64(at + 8))))
      firstAddresses.append(u64(at + 24))
    }
    guard endAddress >= firstAddresses.last ?? 0, endAddress >> UInt64(KeyEntry.mostAddressBits) == 0 else {
      throw corrupt("its addresses are none")
    }
  }

  static func aligned(_ offset: Int) -> Int { (offset + 7) & ~7 }
}
