import Bytes
import Failures
import Fields
import Foundation
import Lines
import Objects
import Partitions
import Runs
import Seeded
import Testing

@testable import Deltas
@testable import Segments

/// Builds on what the last one left, against builds from nothing: random windows that slide, jump, and change under the hand; runs that are damaged.
/// Not tested here: kills (Tests/Pipes/30-kill), windows of real size (bench/).
@Suite struct IncrementalTests {
  /// An index as text: documents, terms with their postings, tombstones.
  struct Content: Equatable {
    var documents: [String] = []
    var terms: [DumpedTerm] = []
    var counts: [Int] = []
    /// The hash of all that counts, as one segment: tombstones too.
    var merged = ""
  }

  /// Objects that come and go.
  struct Producer {
    let place: Place
    let fields: Fields
    var random: SeededRandom
    var objects: [ObjectLine] = []
    var minute: Int64 = 100
    var made = 0
    /// How many there are of each: where they are few they meet often, where they are many groups come and go.
    var names = 6

    mutating func write(_ name: String, minute: Int64) throws -> ObjectLine {
      let records = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        randomRecord(fields, &random, ids: names, groups: max(names / 2, 1))
      }
      // An equal size within one tick of the clock would be an equal tag.
      let blanks = String(repeating: "\n", count: made)
      made += 1
      try place.write(name, records.joined(separator: "\n") + blanks)
      guard let info = try LocalStore(root: place.path).info(Key(name)) else {
        throw CocoaError(.fileNoSuchFile)
      }
      return ObjectLine(
        time: Instant(seconds: minute * 60), modified: Instant(seconds: info.modified), bytes: info.bytes,
        tag: info.tag, location: .local(path: Array("\(place.path)/\(name)".utf8)))
    }

    mutating func append(_ count: Int) throws {
      for _ in 0..<count {
        minute += 1
        objects.append(try write("\(made).json", minute: minute))
      }
    }

    /// What happens between two batches.
    mutating func step() throws {
      switch Int.random(in: 0..<16, using: &random) {
      case 0: break
      case 1:
        // The window jumps ahead.
        objects = []
        try append(10)
      case 2...4:
        // Something late.
        let late = try write("\(made).json", minute: 100 + Int64.random(in: 0...minute - 100, using: &random))
        objects.append(late)
      case 5, 6:
        // An object is written anew.
        guard let index = objects.indices.randomElement(using: &random) else { return }
        let name = objects[index].location.description.split(separator: "/").last ?? ""
        objects[index] = try write(String(name), minute: objects[index].time.seconds / 60)
      case 7, 8:
        guard let index = objects.indices.randomElement(using: &random) else { return }
        objects.remove(at: index)
      default:
        try append(1)
        if objects.count > 10 { objects.removeFirst() }
      }
    }
  }

  func build(
    _ fields: Fields, in work: Place, shard: Shard = .whole, threads: Int = 1, memory: Int = 1 << 26
  ) throws -> Build {
    let reading = SliceReading(fields: fields, stores: Stores(), skipBad: 0, threads: threads, jobs: threads)
    return Build(
      reading, in: try WorkDirectory(work.path, wait: true), shard: shard,
      limits: Limits(threads: threads, memory: memory))
  }

  func input(_ objects: [ObjectLine], generation: Int) throws -> BuildInput {
    let slice = Receipt(
      "slice", ["from": "1970-01-01T00:00:00Z", "to": "1970-01-02T01:00:00Z", "generation": "\(generation)"])
    return try #require(try BuildInput(Batch(receipts: [slice], objects: objects)))
  }

  func content(_ work: Place) throws -> Content {
    let directory = try WorkDirectory(work.path)
    let last = try #require(directory.last)
    let members = try last.manifest.segments.map { entry in
      let (reader, live) = try directory.segment(entry)
      return IndexView.Segment(reader, live: live)
    }
    let view = IndexView(layers: [members])
    var content = Content()
    try view.forEachDocument { content.documents.append(String(decoding: $0, as: UTF8.self)) }
    try view.forEachTerm { content.terms.append($0) }
    content.counts = [last.manifest.documents, last.manifest.tombstones, last.manifest.groups]
    content.merged = try merged(last.manifest, in: directory)
    return content
  }

  private func merged(_ manifest: IndexManifest, in work: WorkDirectory) throws -> String {
    let index = try OldIndex(manifest, in: work)
    return try SegmentMerge.run(
      index.segments.map { (reader: $0.reader, live: Optional($0.live)) },
      fields: try Fields.parse(Array(manifest.fields.utf8), name: "manifest"), into: work.segments,
      memory: 1 << 24, threads: 1
    ).sha256
  }

  /// Another byte in one of the runs, which the next batches may or may not have need of.
  private func damage(_ work: Place, _ random: inout SeededRandom) throws {
    let runs = work.files.filter { $0.key.hasPrefix("runs/") && !$0.value.isEmpty }
    guard let name = runs.keys.sorted().randomElement(using: &random), var bytes = runs[name] else { return }
    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1
    try bytes.write(to: URL(filePath: work.path + "/" + name))
  }

  @Test(arguments: Array(zip(FoldPropertyTests.files, 0...)) as [([String], UInt64)])
  func `a build on the last one is a build from nothing`(_ file: [String], _ seed: UInt64) throws {
    let whole = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    let fewer = try Fields.parse(Array(file.dropLast().joined(separator: "\n").utf8), name: "test")
    for round in 0..<UInt64(Sample.rounds(quick: 1, full: 6, long: 200)) {
      let place = try Place()
      let work = try Place()
      var producer = Producer(place: place, fields: whole, random: SeededRandom(seed * 100 + round))
      producer.names = [6, 30, 6, 12, 30, 60][Int(round + seed) % 6]
      try producer.append(10)
      var segments: [Int] = []
      for batch in 0..<Sample.rounds(quick: 18, full: 25, long: 25) {
        // Now and then a field goes, or comes back.
        let fields = batch == 14 || batch == 15 ? fewer : whole
        let input = try input(producer.objects, generation: batch)
        let receipt = try build(fields, in: work).run(input)
        #expect(
          try FullVerification(build(fields, in: work)).run(input) == nil,
          "seed \(seed) \(round), batch \(batch)")
        let anew = try Place()
        _ = try build(fields, in: anew).run(input)
        #expect(try content(work) == content(anew), "seed \(seed) \(round), batch \(batch)")
        segments.append(Int(receipt["segments"] ?? "") ?? 0)
        try producer.step()
        if batch % 3 == 0 { try damage(work, &producer.random) }
      }
      #expect(segments.contains { $0 > 1 }, "no build was made on the last one")
    }
  }
}
