import Bytes
import Failures
import Fields
import Foundation
import Lines
import Objects
import Records
import Runs
import Seeded
import Testing

@testable import Deltas
@testable import Reading
@testable import Segments

/// Shards whose records are fed, joined, against one build that reads the objects itself, over batches that build on each other.
/// Not tested here: the executables, truncated input (Tests/Pipes/75-fed).
@Suite struct FedTests {
  private let one = IncrementalTests()

  @Test(arguments: Array(zip(FoldPropertyTests.files, 0...)) as [([String], UInt64)])
  func `the fed shards of a slice are the slice, batch after batch`(_ file: [String], _ seed: UInt64) throws {
    let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    var patched = 0
    for round in 0..<UInt64(Sample.rounds(quick: 1, full: 1, long: 40)) {
      for count in 1...Sample.rounds(quick: 2, full: 5, long: 5) {
        let place = try Place()
        var producer = IncrementalTests.Producer(
          place: place, fields: fields, random: SeededRandom(seed * 1000 + round * 10 + UInt64(count)))
        producer.names = [30, 6, 60, 15][Int(round) % 4]
        try producer.append(10)
        let feeder = try Feeder(fields, shards: count)
        let joined = try Place()
        var segments = 0
        for batch in 0..<Sample.rounds(quick: 7, full: 20, long: 20) {
          let input = try one.input(producer.objects, generation: batch)
          let receipts = try feeder.run(input, &producer.random)
          // One of one is a whole index, and nothing to join.
          let printed = count > 1 ? try join(receipts, in: joined) : receipts[0]
          let whole = try Place()
          let expected = try one.build(fields, in: whole).run(input)
          let content = try (one.content(count > 1 ? joined : feeder.works[0]), one.content(whole))
          #expect(content.0 == content.1, "seed \(seed) \(round), batch \(batch), \(count) shards")
          guard content.0 == content.1 else { return }
          let index = try #require(printed.receipt("index"))
          for key in ["to", "documents", "tombstones", "groups", "bad"] {
            #expect(index[key] == expected[key])
          }
          segments = max(segments, Int(index["segments"] ?? "") ?? 0)
          try producer.step()
        }
        if segments > count { patched += 1 }
      }
    }
    #expect(patched > 0, "no shard was built on its last one")
  }

  /// Of four shards a is in 4, b in 2. What 4 gets late of the first object lies on both sides of a delete that it had.
  @Test func `late records keep their places among the deletes of groups`() throws {
    let fields = try Fields.parse(Array("id id\ng group\nn number - sum".utf8), name: "test")
    let place = try Place()
    let objects = [
      try place.object(
        "0", #"{"id":"x","g":"b","n":1}"#, #"{"g":"b","_delete":true}"#, #"{"id":"x","g":"b","n":10}"#),
      try place.object("1", #"{"id":"x","g":"a","n":100}"#, minute: 1),
    ]
    var random = SeededRandom(1)
    let (feeder, joined) = (try Feeder(fields, shards: 4), try Place())
    for count in 1...2 {
      let input = try one.input(Array(objects[..<count]), generation: count)
      _ = try join(feeder.run(input, &random), in: joined)
    }
    #expect(try one.content(joined).documents == [#"{"id":"x","g":"a","n":110}"#])
  }

  private let plain = ["id id", "g group", "t text"]

  /// Three routed lines of a slice of one object.
  private func fed(_ place: Place) throws -> (input: BuildInput, feeder: Feeder, lines: [Feeder.Routed]) {
    let feeder = try Feeder(
      try Fields.parse(Array(plain.joined(separator: "\n").utf8), name: "test"), shards: 2)
    let object = try place.object(
      "0", #"{"id":"x","g":"b"}"#, #"{"id":"y","g":"b"}"#, #"{"id":"z","g":"b","t":"z"}"#)
    let input = try one.input([object], generation: 0)
    return (input, feeder, try #require(try feeder.lines(of: input).values.first { !$0.isEmpty }))
  }

  @Test func `what is fed again, in any order, makes the same runs and nothing new`() throws {
    let place = try Place()
    let (input, feeder, lines) = try fed(place)
    let build = try feeder.build(2)
    let runs = try feeder.feed(lines, to: build, input)
    let receipt = try build.run(input, fed: runs)
    for again in [lines.reversed(), [], [lines[1]], lines + lines] {
      let feeding = try Feeding(build, input)
      try feeder.feed(again, to: feeding)
      #expect(feeding.areKnown(try feeding.finish()))
      #expect(build.standing(of: input) == .built(receipt))
    }
    let other = try Feeder(feeder.fields, shards: 2)
    let elsewhere = try other.build(2)
    let others = try feeder.feed(lines.reversed() + lines, to: elsewhere, input)
    #expect(others.identities == runs.identities)
    #expect(try elsewhere.run(input, fed: others)["id"] == receipt["id"])
    withExtendedLifetime(other) {}
  }

  @Test(arguments: [
    ("/0\t2\t", "/1\t2\t", "it was fed, and is not in the slice"),
    ("\t2\t", "\t1\t", "line 1: it was fed twice, and differently"),
    (#""id":"y""#, #""id":0.5"#, "line 2: 'id' must be a string or a whole number"),
    (#"{"id":"y""#, "[", "line 2: not a JSON object"),
  ])
  func `what can't be is refused`(_ what: String, _ by: String, _ reason: String) throws {
    let place = try Place()
    let (input, feeder, lines) = try fed(place)
    let wrong = lines.map {
      $0.text.contains("\t2\t{") ? Feeder.Routed($0.text.replacing(what, with: by)) : $0
    }
    #expect(wrong != lines)
    let failure = try #require(throws: Failure.self) {
      try feeder.feed(wrong, to: feeder.build(2), input)
    }
    #expect(failure.exit == .badData && failure.message.hasSuffix(reason), "\(failure.message)")
  }

  @Test func `malformed records count as they do where the objects are read`() throws {
    let place = try Place()
    let (input, feeder, lines) = try fed(place)
    let location = input.objects[0].location.description
    let bad = ["bad\t-\t\(location)\t5\tnot a JSON object", "bad\t-\t\(location)\t4\tcut"].map(
      Feeder.Routed.init)
    for skipBad in [1, 2] {
      let work = try Place()
      defer { withExtendedLifetime(work) {} }
      let build = Build(
        SliceReading(fields: feeder.fields, stores: Stores(), skipBad: skipBad, threads: 1, jobs: 1),
        in: try WorkDirectory(work.path), shard: try #require(Shard("2/2")), limits: Limits(threads: 1))
      let runs = try feeder.feed(lines + bad + bad, to: build, input)
      if skipBad == 1 {
        let failure = try #require(throws: Failure.self) { try build.run(input, fed: runs) }
        #expect(failure.message.hasSuffix("line 5: not a JSON object"))
      } else {
        #expect(try build.run(input, fed: runs)["bad"] == "2")
      }
    }
  }

  private func join(_ receipts: [Batch], in work: Place) throws -> Batch {
    try Join(receipts.enumerated().map { try BuiltShard($1, name: "receipt \($0)") }).run(
      in: WorkDirectory(work.path))
  }
}

/// Brings the records of a slice to its shards, as plainly as it can be said: what a program does that reads each object once.
struct Feeder {
  let fields: Fields
  let works: [Place]
  private let one = IncrementalTests()

  /// A routed line, taken apart as far as a feeder has use for it.
  struct Routed: Hashable {
    let shard: String
    let key: String
    let text: String

    init(_ text: String) {
      let parts = text.split(separator: "\t", maxSplits: 2)
      (shard, key, self.text) = (String(parts[0]), String(parts[1]), text)
    }
  }

  init(_ fields: Fields, shards: Int) throws {
    self.fields = fields
    works = try (0..<shards).map { _ in try Place() }
  }

  var count: Int { works.count }

  func build(_ number: Int) throws -> Build {
    try one.build(fields, in: works[number - 1], shard: try #require(Shard("\(number)/\(count)")))
  }

  /// What each shard prints.
  func run(_ input: BuildInput, _ random: inout SeededRandom) throws -> [Batch] {
    var fed = try lines(of: input)
    for number in 1...count {
      // In any order, and some of them twice.
      let some = fed[number, default: []].filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
      fed[number, default: []] += some
      fed[number]?.shuffle(using: &random)
    }
    return try (1...count).map { number in
      let build = try build(number)
      let runs = try feed(fed[number] ?? [], to: build, input)
      return Batch(receipts: input.receipts + [try build.run(input, fed: runs)])
    }
  }

  func feed(_ lines: [Routed], to build: Build, _ input: BuildInput) throws -> FedRuns {
    let feeding = try Feeding(build, input)
    try feed(lines, to: feeding)
    return try feeding.finish()
  }

  func feed(_ lines: [Routed], to feeding: Feeding) throws {
    for line in lines {
      let bytes = Array(line.text.utf8)
      try bytes.withUnsafeBytes { try feeding.take(#require(RoutedLine($0))) }
    }
  }

  /// Who gets what: the records of new objects, and what shards need of each other.
  func lines(of input: BuildInput) throws -> [Int: [Routed]] {
    let new = try newObjects(input).flatMap { try routed(input.objects[$0]) }
    var shards: [String: Set<Int>] = [:]
    for line in new where line.key != "-" {
      if let shard = Int(line.shard) { shards[line.key, default: []].insert(shard) }
    }
    var fed: [Int: [Routed]] = [:]
    var wanted = shards
    for number in 1...count {
      let questions = shards.flatMap { key, shards in shards.map { "\(key)\t\($0)" } }
      for answer in try ask(questions, number, input) {
        if answer.hasPrefix("want\t") {
          wanted[String(answer.dropFirst(5)), default: []].insert(number)
        } else {
          let line = Routed(answer)
          fed[try #require(Int(line.shard)), default: []].append(line)
        }
      }
    }
    for line in new {
      for number in Int(line.shard) == nil ? Set(1...count) : wanted[line.key] ?? [Int(line.shard) ?? 0] {
        fed[number, default: []].append(line)
      }
    }
    return fed
  }

  /// Those that the last builds did not have.
  private func newObjects(_ input: BuildInput) throws -> [Int] {
    let build = try build(1)
    let known = FedObjects(input, last: build.usable(build.work.last), decoding: build.reading.identity).known
    return input.objects.indices.filter { known[$0] == nil }
  }

  /// As part-cat --shards prints them.
  private func routed(_ object: ObjectLine) throws -> [Routed] {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: object.location.description)))
    let chunks = LineChunks(ArraySource(bytes), name: "test", size: 1 << 20)
    var (text, lines) = ("", 0)
    while let piece = try chunks.next() {
      RoutedPiece(fields: fields, shards: count).print(piece, of: chunks) { found in
        switch found {
        case .routed(let routed):
          text += String(
            decoding: routed.lines(of: object.location.description, behind: lines), as: UTF8.self)
        case .lines(let count): lines += count
        default: Issue.record("\(found)")
        }
        return true
      }
    }
    return text.split(separator: "\n").map { Routed(String($0)) }
  }

  private func ask(_ questions: [String], _ number: Int, _ input: BuildInput) throws -> [String] {
    var asking = Asking(try build(number), input)
    for question in questions {
      let isOne = Array(question.utf8).withUnsafeBytes { asking.take($0) }
      #expect(isOne)
    }
    var text = ""
    let count = try asking.answer { text += String(decoding: $0, as: UTF8.self) }
    let answers = text.split(separator: "\n").map(String.init)
    #expect(answers.count == count)
    return answers
  }
}
