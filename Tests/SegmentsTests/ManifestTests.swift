import Bytes
import Failures
import JSON
import Testing

@testable import Segments

/// Manifests and live files: what is written is read, and what is damaged is not.
struct ManifestTests {
  static let manifest = IndexManifest(
    position: "2026-05-04T10:05:00Z", from: "2026-05-04T05:05:00Z", slice: "abc", fields: "id\tid\t-\t-\t-\n",
    documents: 3, tombstones: 1, groups: 2,
    segments: [
      .init(generation: 0, content: [1, 2], documents: 2, live: .init(generation: 811, content: [9])),
      .init(generation: 811, content: [3], documents: 1),
    ])

  @Test func `a manifest comes back from its JSON`() throws {
    let json = try JSONValue.parse(Self.manifest.json.text)
    #expect(try IndexManifest(json: json, name: "m") == Self.manifest)
    #expect(json["id"]?.string == Self.manifest.id)
    #expect(Self.manifest.id.utf8.count == 64)
    #expect(Self.manifest.segments[1].name == "811-\(SHA256.hex([3]).prefix(32)).seg")
  }

  @Test func `a shard says which one it is, and a whole index nothing of it`() throws {
    var shard = Self.manifest
    shard.shard = Shard("2/8")
    #expect(shard.json.text.contains(#","shard":"2/8","documents":3"#))
    #expect(try IndexManifest(json: .parse(shard.json.text), name: "m") == shard)
    #expect(!Self.manifest.json.text.contains("shard"))
  }

  @Test(arguments: [#""9/8""#, #""1/1""#, #""1/02""#, #""""#, "2", "null", #"["1/2"]"#])
  func `what is no shard of several`(_ member: String) throws {
    let text = Self.manifest.json.text.replacing(
      #""documents":3"#, with: #""shard":\#(member),"documents":3"#)
    #expect(throws: Failure(.badData, cannot: "read", "m", because: "shard is not one of several")) {
      try IndexManifest(json: .parse(text), name: "m")
    }
  }

  @Test func `the id depends on everything else`() {
    var ids: Set<String> = [Self.manifest.id]
    let changes: [(inout IndexManifest) -> Void] = [
      { $0.position = "" }, { $0.from = "" }, { $0.slice = "x" }, { $0.fields = "" }, { $0.documents = 4 },
      { $0.tombstones = 0 }, { $0.groups = 0 }, { $0.segments.swapAt(0, 1) }, { $0.segments[0].live = nil },
      { $0.segments[0].bytes = 1 }, { $0.shard = Shard("1/2") }, { $0.shard = Shard("2/2") },
    ]
    for change in changes {
      var other = Self.manifest
      change(&other)
      #expect(ids.insert(other.id).inserted)
    }
  }

  /// What stands in the text, and what is put in its place.
  @Test(arguments: [
    ("\"documents\":3", "\"documents\":4", "its id does not fit its content"),
    ("\"documents\":3", "\"documents\":-3", "documents is missing, or is no count"),
    ("\"position\":\"2026-05-04T10:05:00Z\",", "", "position is missing, or is no string"),
    ("\"format\":1", "\"format\":2", "its format is 2, and this version reads up to 1"),
    ("\"name\":\"811-", "\"name\":\"../x-", "the name of a file does not fit its SHA-256"),
    ("\"name\":\"0-", "\"name\":\"-", "the name of a file does not fit its SHA-256"),
    (".seg\"", ".live\"", "the name of a file does not fit its SHA-256"),
    ("\"sha256\":\"", "\"sha256\":\"0", "a SHA-256 is not of 64 hexadecimal digits"),
  ])
  func `a damaged manifest is refused`(old: String, new: String, reason: String) throws {
    let text = Self.manifest.json.text
    let range = try #require(text.firstRange(of: old))
    let json = try JSONValue.parse(String(text[..<range.lowerBound]) + new + text[range.upperBound...])
    #expect(throws: Failure(.badData, cannot: "read", "m", because: reason)) {
      try IndexManifest(json: json, name: "m")
    }
  }

  // MARK: Live files

  static func segment() throws -> SegmentReader {
    try open(try build(randomDocuments(100, seed: 4), groupTombstones: ["g", "h"], idTombstones: ["i"]))
  }

  static func read(_ bytes: [UInt8], _ segment: SegmentReader) throws(Failure) -> LiveSet {
    try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try LiveSet(UnsafeRawBufferPointer(buffer), of: segment, name: "x.live")
    }
  }

  @Test func `a live file says which documents and tombstones count`() throws {
    let segment = try Self.segment()
    var live = LiveSet(of: segment)
    #expect(live.isFull && live.count == 103)
    for document in [0, 63, 64, 99] { live.remove(document: document) }
    live.remove(document: 100)
    live.remove(groupTombstone: 1)
    live.remove(idTombstone: 0)
    #expect(!live.isFull && live.documentCount == 96 && live.tombstoneCount == 1)
    #expect(
      live.contains(groupTombstone: 0) && !live.contains(groupTombstone: 1) && !live.contains(idTombstone: 0))
    #expect(try Self.read(live.encoded, segment) == live)
  }

  @Test func `every flipped bit and every truncation of a live file is found`() throws {
    let segment = try Self.segment()
    var live = LiveSet(of: segment)
    live.remove(document: 5)
    let bytes = live.encoded
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: Failure.self) { try Self.read(damaged, segment) }
    }
    for length in 0..<bytes.count {
      #expect(throws: Failure.self) { try Self.read(Array(bytes[..<length]), segment) }
    }
  }

  @Test func `a live file of another segment is refused`() throws {
    let other = try open(
      try build(randomDocuments(100, seed: 5), groupTombstones: ["g", "h"], idTombstones: ["i"]))
    #expect(throws: Failure.self) { try Self.read(LiveSet(of: try Self.segment()).encoded, other) }
  }
}
