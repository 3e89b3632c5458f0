import Bytes
import Failures
import Fields
import Files
import Glibc
import Objects
import Seeded
import Testing

@testable import Publishing
@testable import Segments

/// A published generation of real segments, every file of which is damaged in every way: whoever opens and verifies it, as
/// index-check does, is told, and no batch is built on it.
///
/// Not tested here: damage under right checksums (SegmentsTests), a disk that forgets what was never written to again: nothing
/// but index-check reads what a batch carries over.
@Suite struct DamageTests {
  /// About 64 KiB: a base of one segment, and a delta of two, one of which has a live file.
  struct Published {
    let bench: Workbench
    let delta: BuiltIndex
    /// All files of it, below the destination: CURRENT, the manifest, segments, live file.
    let names: [String]
    var path: String { bench.work + "/dest/" }

    init() throws {
      bench = try Workbench(.local)
      let base = try Self.segment("base", 760)
      try bench.publish(
        try bench.build([.init(segment: base, documents: 760)], at: minute(0), on: 0, documents: 760),
        after: .current, base: true)
      let first = try Self.segment("old", 220)
      let live = try Self.live(first)
      let contents: [Workbench.SegmentContent] = [
        .init(segment: first, live: live, documents: 220),
        .init(segment: try Self.segment("new", 120), documents: 120),
      ]
      delta = try bench.build(contents, at: minute(5), from: minute(0), on: 1, documents: 339)
      try bench.publish(delta, after: .exactly(1))
      let current = try #require(try bench.destination.current())
      names =
        ["CURRENT", "generations/" + current.stored.pointer.manifest.name]
        + current.generation.indexes.flatMap(\.files).map { "segments/" + $0.name }
    }

    private static func segment(_ word: String, _ count: Int) throws -> [UInt8] {
      let fields = try Fields(all: [Field("id", .id), Field("title", .text)])
      let scratch = try Directory.open(temporaryDirectory())
      let lane = SegmentLane(fields: fields, scratch: scratch, memory: 1 << 24)
      for number in 1000..<1000 + count {
        let id = Array("\(word)\(number)".utf8)
        let text = Array("\(word) \(number * 7919 % 1009) of \(number * 104_729 % 65_537)".utf8)
        let stored = Array(
          "{\"id\":\"\(word)\(number)\",\"title\":\"\(String(decoding: text, as: UTF8.self))\"}".utf8)
        id.withUnsafeBytes { lane.begin(id: $0, group: $0) }
        text.withUnsafeBytes { lane.add(text: $0, field: 1) }
        stored.withUnsafeBytes { lane.end(stored: $0) }
      }
      let segment = try SegmentWriter.finish(
        [lane], fields: fields, into: scratch, memory: 1 << 24, threads: 1)
      return try segment.content()
    }

    private static func live(_ bytes: [UInt8]) throws -> [UInt8] {
      try bytes.withUnsafeBytes { buffer in
        var live = LiveSet(of: try SegmentReader(buffer, owner: Owner(), name: "x.seg"))
        live.remove(document: 3)
        return live.encoded
      }
    }

    /// What index-check says: the failure to open it, or what it finds; empty where all is well.
    func findings() -> [String] {
      do {
        let opened = try OpenedIndex.open(bench.destination)
        return opened.layers.flatMap { layer in
          layer.manifest.verify(segments: layer.segments, live: layer.live).map { "\($0)" }
        }
      } catch { return ["\(error)"] }
    }

    /// The same by the checksums alone, which `verify` compares first.
    func isDamaged() -> Bool {
      guard let opened = try? OpenedIndex.open(bench.destination) else { return true }
      return !opened.damaged().isEmpty
    }

    func content(_ name: String) throws -> [UInt8] {
      try #require(try LocalStore(root: path).read(Key(name))).bytes
    }

    func replace(_ name: String, _ bytes: [UInt8]) throws {
      let file = open(path + name, O_WRONLY | O_CREAT | O_TRUNC, 0o640)
      defer { close(file) }
      guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
        throw Failure(errno: errno, cannot: "write", name)
      }
    }

    /// A batch that carries all segments over.
    func next() throws -> Publisher.Outcome {
      var manifest = delta.manifest
      manifest.position = minute(6)
      return try bench.publish(
        BuiltIndex(delta.location, manifest: manifest, files: delta.files, stores: Stores()),
        after: .exactly(2))
    }
  }

  /// Nothing has to be kept.
  private final class Owner {}

  @Test func `a whole generation has no findings, and can be built on`() throws {
    let published = try Published()
    #expect(published.findings() == [])
    let sizes = try published.names.map { try published.content($0).count }
    #expect(sizes.count == 6 && (40_000...90_000).contains(sizes.reduce(0, +)), "\(sizes)")
    guard case .published(_, uploaded: 0) = try published.next() else {
      throw Failure(.software, "sent anew")
    }
  }

  /// Every bit in the long run: half a million; every 191st in the full one.
  @Test func `every flipped bit is found`() throws {
    let published = try Published()
    let step = Sample.rounds(quick: 4999, full: 191, long: 1)
    var (flips, unnoticed) = (0, [String]())
    for name in published.names {
      let file = open(published.path + name, O_RDWR)
      defer { close(file) }
      let bytes = try published.content(name)
      for bit in stride(from: flips % 7, to: bytes.count * 8, by: step) {
        pwrite(file, [bytes[bit / 8] ^ 1 << UInt8(bit % 8)], 1, bit / 8)
        let isFound = flips % 128 == 0 ? !published.findings().isEmpty : published.isDamaged()
        if !isFound { unnoticed.append("\(name), bit \(bit)") }
        pwrite(file, [bytes[bit / 8]], 1, bit / 8)
        flips += 1
      }
    }
    #expect(unnoticed == [] && published.findings() == [])
    print("damage: \(flips) bits flipped, \(unnoticed.count) not found")
  }

  @Test func `every truncation is found`() throws {
    let published = try Published()
    let step = Sample.rounds(quick: 1999, full: 61, long: 1)
    var unnoticed: [String] = []
    for name in published.names {
      let bytes = try published.content(name)
      for length in stride(from: bytes.count - 1, through: 0, by: -step) {
        truncate(published.path + name, length)
        if !published.isDamaged() { unnoticed.append("\(name), \(length)") }
      }
      try published.replace(name, bytes + [0])
      if !published.isDamaged() { unnoticed.append("\(name), longer") }
      try published.replace(name, bytes)
    }
    #expect(unnoticed == [] && published.findings() == [])
  }

  @Test func `two files in each other's place are found, and an old one under a new name`() throws {
    let published = try Published()
    for (number, name) in published.names.enumerated() {
      for other in published.names[(number + 1)...] {
        let (a, b) = (try published.content(name), try published.content(other))
        try published.replace(name, b)
        #expect(!published.findings().isEmpty, "\(other) as \(name)")
        try published.replace(other, a)
        #expect(!published.findings().isEmpty, "\(name) and \(other)")
        try published.replace(name, a)
        try published.replace(other, b)
      }
    }
    // An older pointer is no damage: it is an older generation, whole. Its manifest under the newer name is.
    let older = try #require(try published.bench.destination.history().last)
    try published.replace(published.names[1], older.bytes)
    #expect(published.findings().first?.contains("its checksum does not fit") == true)
  }

  enum Damage: CaseIterable { case flipped, cut, swapped, missing }

  @Test(arguments: Damage.allCases)
  func `nothing is built on what is damaged, and force heals what the build has`(_ damage: Damage) throws {
    for (number, place) in [2, 3, 4, 5].enumerated() {
      let published = try Published()
      let name = published.names[place]
      let before = try published.bench.keys()
      let bytes = try published.content(name)
      switch damage {
      case .flipped: try published.replace(name, bytes.dropLast() + [bytes[bytes.count - 1] ^ 1])
      case .cut: try published.replace(name, Array(bytes.dropLast()))
      case .swapped: try published.replace(name, try published.content(published.names[place == 3 ? 5 : 3]))
      case .missing: unlink(published.path + name)
      }
      let error = failure { try published.next() }
      #expect(error?.exit == .badData && error?.message.contains(name) == true, "\(name)")
      let after = damage == .missing ? before.filter { $0 != name } : before
      #expect(try published.bench.keys() == after)
      var manifest = published.delta.manifest
      manifest.position = minute(6)
      let forced = failure {
        try published.bench.publish(
          BuiltIndex(
            published.delta.location, manifest: manifest, files: published.delta.files, stores: Stores()),
          after: .exactly(2)
        ) { $0.force = true }
      }
      // The base's file is not in the build.
      #expect(forced?.exit == (number == 0 ? .noInput : nil))
      #expect((published.findings() == []) == (number > 0), "\(published.findings())")
    }
  }
}
