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
  private(set) var live: Bitmap

  /// All of them.
  package init(of segment: SegmentReader) {
    documents = segment.documents
    groupTombstones = segment.meta.groupTombstones
    idTombstones = segment.meta.idTombstones
    segmentChecksum = segment.parts.checksum
    live = Bitmap(all: documents + groupTombstones + idTombstones)
  }

  /// The number of entries that count.
  package var count: Int { live.count }
  /// The number of entries.
  package var size: Int { live.size }
  package var isFull: Bool { count == live.size }
  package var documentCount: Int { live.count(in: 0..<documents) }
  package var tombstoneCount: Int { count - documentCount }

  /// The documents that count.
  var documentBits: Bitmap { live.prefix(documents) }

  // MARK: Entries

  package func contains(document: Int) -> Bool { document < documents && live[document] }
  package func contains(groupTombstone number: Int) -> Bool { live[documents + number] }
  package func contains(idTombstone number: Int) -> Bool { live[documents + groupTombstones + number] }

  package mutating func remove(document: Int) { if document < documents { live.remove(document) } }
  package mutating func remove(groupTombstone number: Int) { live.remove(documents + number) }
  package mutating func remove(idTombstone number: Int) { live.remove(documents + groupTombstones + number) }

  // MARK: The file

  /// The bytes of the live file.
  package var encoded: [UInt8] {
    var out = ByteArena(capacity: Self.headerLength + live.words.count * 8 + Self.trailerLength)
    out.append(Self.magic)
    out.append(Self.version)
    out.append(segmentChecksum)
    out.append(UInt64(live.size))
    out.append(UInt64(count))
    for word in live.words { out.append(word) }
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
    let end = Self.headerLength + live.words.count * 8
    guard bytes.count == end + Self.trailerLength else { throw file.corrupt("its length is wrong") }
    guard try CRC32.checksum(file.slice(0..<end)) == file.u32(at: end), try file.u32(at: end + 4) == 0 else {
      throw file.corrupt("its checksum is wrong")
    }
    guard try file.u32(at: 12) == segmentChecksum, try file.u64(at: 16) == UInt64(live.size) else {
      throw file.corrupt("it belongs to another segment than \(segment.name)")
    }
    var words: [UInt64] = []
    for index in live.words.indices { words.append(try file.u64(at: Self.headerLength + index * 8)) }
    guard let live = Bitmap(words: words, size: live.size), try file.u64(at: 24) == UInt64(live.count) else {
      throw file.corrupt("its counts are wrong")
    }
    self.live = live
  }
}
