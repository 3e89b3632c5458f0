package import Failures
package import Files
internal import Bytes

/// Where ids and groups are mentioned: in which records of which runs, and as which entries of which segments.
///
///     header     64 bytes   "FRSHTKEY", u32 version, u32 sources, u64 entries, u32 bits of a bucket's number,
///                           u32 CRC-32 of all behind the header, u64 deletes of groups among the entries,
///                           u32 CRC-32 of the header so far, 20 bytes zero
///     sources               24 bytes each: 16 bytes of identity, u64 kind (0 run, 1 segment)
///     buckets               u32 each, 2^bits + 1: where the entries begin whose hashes have that number in front
///     entries               16 bytes each, by hash: u64 hash, u64 source << 40 | kind << 38 | number in the source
///
/// A number is that of a record (RunPart.offsetBits), of a segment's document or id tombstone as its live file counts them,
/// or of its group, the group tombstones behind the groups. An entry may be of a source that is gone: whoever looks
/// something up knows which ones are there.
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
  static let version: UInt32 = 1
  static let headerLength = 64
  static let sourceLength = 24
  static let maxBucketBits = 24

  package let sources: [Source]
  package let entries: UnsafeBufferPointer<Keyed>
  /// Whether it has deletes of groups.
  package let hasDeletes: Bool
  private let buckets: UnsafeBufferPointer<UInt32>
  private let shift: UInt64
  private let checksum: UInt32
  private let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject
  private let name: String
  private let entryStart: Int

  /// Entries that are looked at in few places of a large file are read, not mapped: a page that is mapped costs twice as much.
  private let descriptor: Descriptor
  private static let mostMapped = 1 << 17

  /// 65 where the file is none, or was cut short. What is behind the header is compared by `isIntact`.
  package convenience init(_ file: consuming Descriptor, name: String) throws(Failure) {
    let mapped = try MappedFile(file.number, name: name)
    try self.init(mapped.bytes, owner: mapped, file, name: name)
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, owner: AnyObject, _ descriptor: consuming Descriptor, name: String
  ) throws(Failure) {
    func corrupt(_ reason: String) -> Failure { Failure(.badData, cannot: "read", name, because: reason) }
    func u32(_ at: Int) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }
    func u64(_ at: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    guard bytes.count >= Self.headerLength, bytes.prefix(8).elementsEqual(Self.magic) else {
      throw corrupt("it is no file of keys")
    }
    guard u32(8) == Self.version, u32(40) == CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<40]))
    else {
      throw corrupt("its header is damaged")
    }
    let sourceCount = Int(u32(12))
    let (entryCount, bits) = (u64(16), Int(u32(24)))
    let bucketStart = Self.headerLength + sourceCount * Self.sourceLength
    guard bits <= Self.maxBucketBits, entryCount <= UInt64(UInt32.max) else {
      throw corrupt("its header is damaged")
    }
    let entryStart = Self.aligned(bucketStart + 4 << bits + 4)
    guard bytes.count == entryStart + Int(entryCount) * 16 else { throw corrupt("it is cut short") }
    var sources: [Source] = []
    for index in 0..<sourceCount {
      let at = Self.headerLength + index * Self.sourceLength
      guard let kind = Source.Kind(rawValue: u64(at + 16)) else { throw corrupt("a source is of no kind") }
      sources.append(Source(kind, RunIdentity(high: u64(at), low: u64(at + 8))))
    }
    self.sources = sources
    self.bytes = bytes
    self.owner = owner
    self.descriptor = descriptor
    self.name = name
    self.entryStart = entryStart
    checksum = u32(28)
    hasDeletes = u64(32) > 0
    shift = UInt64(64 - bits)
    buckets = UnsafeRawBufferPointer(rebasing: bytes[bucketStart..<bucketStart + 4 << bits + 4]).bindMemory(
      to: UInt32.self)
    entries = UnsafeRawBufferPointer(rebasing: bytes[entryStart...]).bindMemory(to: Keyed.self)
  }

  static func aligned(_ offset: Int) -> Int { (offset + 15) & ~15 }

  package func isIntact() -> Bool {
    CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[Self.headerLength...])) == checksum
  }

  /// Every entry of that hash.
  package func forEach(_ hash: UInt64, _ body: (KeyMention) throws(Failure) -> Void) throws(Failure) {
    let bucket = shift < 64 ? Int(hash >> shift) : 0
    let end = min(Int(buckets[bucket + 1]), entries.count)
    var start = min(Int(buckets[bucket]), end)
    if entries.count <= Self.mostMapped {
      return try Self.forEach(hash, in: UnsafeBufferPointer(rebasing: entries[start..<end]), body)
    }
    while start < end {
      let count = min(end - start, Scratch.count)
      let buffer = UnsafeMutableRawBufferPointer(start: scratch.base, count: count * 16)
      try FileIO.fill(buffer, from: descriptor.number, at: entryStart + start * 16, name: name)
      try Self.forEach(hash, in: UnsafeBufferPointer(start: scratch.base, count: count), body)
      start += count
    }
  }

  private static func forEach(
    _ hash: UInt64, in entries: UnsafeBufferPointer<Keyed>, _ body: (KeyMention) throws(Failure) -> Void
  ) throws(Failure) {
    for entry in entries where entry.key == hash { try body(KeyMention(entry.value)) }
  }

  private let scratch = Scratch()

  /// Where entries are read to.
  private final class Scratch {
    static let count = 64
    let base = UnsafeMutablePointer<Keyed>.allocate(capacity: count)

    deinit { base.deallocate() }
  }
}

/// One mention of a key.
package struct KeyMention: BitwiseCopyable, Sendable {
  package let packed: UInt64

  init(_ packed: UInt64) { self.packed = packed }

  package init(source: Int, kind: KeyKind, number: Int) {
    packed = UInt64(source) << 40 | kind.rawValue << 38 | UInt64(truncatingIfNeeded: number) & Self.numberMask
  }

  private static let numberMask: UInt64 = 1 << 38 - 1

  /// Its place in the file's sources.
  package var source: Int { Int(truncatingIfNeeded: packed >> 40) }
  package var kind: UInt64 { packed >> 38 & 3 }
  package var number: Int { Int(packed & Self.numberMask) }

  /// The same in another source.
  func moved(to source: Int) -> KeyMention { KeyMention(packed & (1 << 40 - 1) | UInt64(source) << 40) }
}
