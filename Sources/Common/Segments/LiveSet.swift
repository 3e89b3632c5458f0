internal import Bytes
package import Failures

/// Which documents and tombstones of a segment still count: what its live file holds.
///
///     "FRSHTLIV", u32 version, u32 the checksum in the segment's footer, u64 entries, u64 how many of them are live,
///     a bit an entry, in whole u64 words, the lowest bit first, zeros at the end,
///     u32 CRC-32 of all that, u32 zero
///
/// The entries are the segment's documents, then its group tombstones, then its id tombstones, each in their order there. A
/// tombstone that no longer counts is one that later records took back, or that left the window.
package struct LiveSet: Equatable, Sendable {
  private static let magic = Array("FRSHTLIV".utf8)
  private static let version: UInt32 = 1
  private static let headerLength = 32
  private static let trailerLength = 8

  package let documents: Int
  private let groupTombstones: Int
  private let idTombstones: Int
  private let segmentChecksum: UInt32
  private var words: [UInt64]

  /// All of them.
  package init(of segment: SegmentReader) {
    documents = segment.documents
    groupTombstones = segment.meta.groupTombstones
    idTombstones = segment.meta.idTombstones
    segmentChecksum = segment.parts.checksum
    let entries = documents + groupTombstones + idTombstones
    words = Array(repeating: .max, count: (entries + 63) / 64)
    if entries % 64 > 0 { words[words.count - 1] = .max >> UInt64(64 - entries % 64) }
  }

  private var entries: Int { documents + groupTombstones + idTombstones }

  /// The number of entries that count.
  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  package var isFull: Bool { count == entries }
  package var documentCount: Int { (0..<documents).count { self[$0] } }
  package var tombstoneCount: Int { count - documentCount }

  // MARK: Entries

  package func contains(document: Int) -> Bool { self[document] }
  package func contains(groupTombstone number: Int) -> Bool { self[documents + number] }
  package func contains(idTombstone number: Int) -> Bool { self[documents + groupTombstones + number] }

  package mutating func remove(document: Int) { remove(document, limit: documents) }
  package mutating func remove(groupTombstone number: Int) {
    remove(documents + number, limit: documents + groupTombstones)
  }
  package mutating func remove(idTombstone number: Int) {
    remove(documents + groupTombstones + number, limit: entries)
  }

  private subscript(entry: Int) -> Bool {
    entry >= 0 && entry < entries && words[entry / 64] & 1 << UInt64(entry % 64) != 0
  }

  private mutating func remove(_ entry: Int, limit: Int) {
    guard entry >= 0, entry < limit else { return }
    words[entry / 64] &= ~(1 << UInt64(entry % 64))
  }

  // MARK: The file

  /// The bytes of the live file.
  package var encoded: [UInt8] {
    var out = ByteArena(capacity: Self.headerLength + words.count * 8 + Self.trailerLength)
    out.append(Self.magic)
    out.append(Self.version)
    out.append(segmentChecksum)
    out.append(UInt64(entries))
    out.append(UInt64(count))
    for word in words { out.append(word) }
    out.append(CRC32.checksum(out.bytes))
    out.append(UInt32(0))
    return Array(out.bytes)
  }

  /// Reads a live file, all of which is checked: 65 for what is damaged, or belongs to another segment.
  package init(_ bytes: UnsafeRawBufferPointer, of segment: SegmentReader, name: String) throws(Failure) {
    self.init(of: segment)
    let file = Part(file: name, name: "live file", bytes: bytes)
    guard bytes.count >= Self.headerLength, try file.slice(0..<8).elementsEqual(Self.magic) else {
      throw file.corrupt("it is no live file")
    }
    let version = try file.u32(at: 8)
    guard version <= Self.version else {
      throw file.corrupt("its format is \(version), and this version reads up to \(Self.version)")
    }
    let end = Self.headerLength + words.count * 8
    guard bytes.count == end + Self.trailerLength else { throw file.corrupt("its length is wrong") }
    guard try CRC32.checksum(file.slice(0..<end)) == file.u32(at: end), try file.u32(at: end + 4) == 0 else {
      throw file.corrupt("its checksum is wrong")
    }
    guard try file.u32(at: 12) == segmentChecksum, try file.u64(at: 16) == UInt64(entries) else {
      throw file.corrupt("it belongs to another segment than \(segment.name)")
    }
    let all = words
    for index in words.indices { words[index] = try file.u64(at: Self.headerLength + index * 8) }
    guard try file.u64(at: 24) == UInt64(count), zip(words, all).allSatisfy({ $0 & ~$1 == 0 }) else {
      throw file.corrupt("its counts are wrong")
    }
  }
}
