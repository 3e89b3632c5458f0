import Bytes
import Failures
import Fields
import Files
import Foundation
import Lines
import Objects
import Segments
import Testing

@testable import Deltas

/// Builds in a work directory. Not tested here: kills and full disks (Tests/Pipes), the segments themselves (SegmentsTests).
@Suite struct BuildTests {
  let source: Place
  let work: Place
  let fields: Fields

  init() throws {
    source = try Place()
    work = try Place()
    fields = try DeltasTests.fields("id id", "g group", "t text", "n number group sum")
  }

  /// A slice of a few objects, with updates and deletes.
  private func input(generation: Int = 0) throws -> BuildInput {
    let objects = try (0..<6).map { index in
      try source.object(
        "\(index).json", #"{"id":"a\#(index % 4)","g":"g\#(index % 3)","t":"word \#(index)"}"#,
        #"{"g":"g\#(index % 2)","n":\#(index)}"#, #"{"id":"a\#(index)","_delete":true}"#, minute: Int64(index)
      )
    }
    return try input(objects, generation: generation)
  }

  private func input(_ objects: [ObjectLine], generation: Int) throws -> BuildInput {
    let slice = Receipt(
      "slice", ["from": "1970-01-01T00:00:00Z", "to": "1970-01-01T01:00:00Z", "generation": "\(generation)"])
    return try #require(try BuildInput(Batch(receipts: [slice], objects: objects)))
  }

  private func build(
    _ input: BuildInput, in place: Place, threads: Int = 1, skipBad: Int = 0, fields: Fields? = nil
  ) throws -> Build {
    let reading = SliceReading(
      fields: fields ?? self.fields, stores: Stores(), skipBad: skipBad, threads: threads, jobs: threads)
    return Build(reading, in: try WorkDirectory(place.path), limits: Limits(threads: threads))
  }

  @discardableResult
  private func run(_ input: BuildInput, in place: Place, threads: Int = 1, skipBad: Int = 0) throws -> Receipt
  {
    try build(input, in: place, threads: threads, skipBad: skipBad).run(input)
  }

  private func standing(_ input: BuildInput, _ fields: Fields? = nil, skipBad: Int = 0) throws
    -> Build.Standing
  {
    try build(input, in: work, skipBad: skipBad, fields: fields).standing(of: input)
  }

  // MARK: - What is written

  @Test func `threads and directories make no difference`() throws {
    let input = try input()
    try run(input, in: work)
    let files = built(work)
    #expect(files.keys.count { $0.hasSuffix(".seg") } == 1)
    for threads in [2, 4] {
      let other = try Place()
      try run(input, in: other, threads: threads)
      #expect(built(other) == files)
    }
  }

  /// All files but the state, which has their times.
  private func built(_ place: Place) -> [String: Data] { place.files.filter { $0.key != "state" } }

  @Test func `the receipt tells what is there`() throws {
    let receipt = try run(try input(generation: 7), in: work)
    let path = try #require(receipt["location"])
    let manifest = try manifest(path)
    #expect(receipt["id"] == manifest.id)
    #expect(path == "\(work.path)/builds/\(manifest.id).json")
    #expect(receipt["to"] == "1970-01-01T01:00:00Z" && manifest.position == receipt["to"])
    #expect(receipt["documents"] == "\(manifest.documents)")
    #expect(receipt["groups"] == "\(manifest.groups)" && receipt["touched"] == receipt["groups"])
    let segment = try #require(manifest.segments.first)
    #expect(segment.name.hasPrefix("7-"))
    #expect(work.files["segments/" + segment.name].map { SHA256.hex(Array($0)) } == segment.sha256)
    #expect(receipt["bytes"] == "\(segment.bytes)")
  }

  private func manifest(_ path: String) throws -> IndexManifest {
    try IndexManifest(json: .parse(Array(Data(contentsOf: URL(filePath: path)))), name: path)
  }

  @Test func `nothing makes an index without segments`() throws {
    let receipt = try run(try input([], generation: 3), in: work)
    #expect(receipt["segments"] == "0" && receipt["documents"] == "0" && receipt["bytes"] == "0")
    #expect(try manifest(receipt["location"] ?? "").segments == [])
    #expect(try standing(try input([], generation: 3)) == .built(receipt))
  }

  @Test func `tombstones alone make a segment`() throws {
    let object = try source.object("x.json", #"{"id":"a","_delete":true}"#)
    let receipt = try run(try input([object], generation: 3), in: work)
    #expect(receipt["segments"] == "1" && receipt["tombstones"] == "1" && receipt["documents"] == "0")
  }

  // MARK: - What the last build was

  @Test func `a retry finds the receipt`() throws {
    let input = try input(generation: 7)
    let receipt = try run(input, in: work)
    #expect(try standing(input) == .built(receipt))
  }

  /// Two pipes on one name: the second one's batch, of an earlier listing, may be what the later generation is.
  @Test func `a later generation does not mean that it was published`() throws {
    var input = try input(generation: 7)
    let receipt = try run(input, in: work)
    input.generation = 8
    #expect(try standing(input) == .built(receipt))
    input.generation = 6
    #expect(try standing(input) == .different)
  }

  /// The #published line beside the build; what the watermark stood at; whether it is known to be published.
  static let words: [(String, String, Int, Bool)] = [
    ("generation=8 to=1970-01-01T01:00:00Z lineage=a", "1970-01-01T01:00:00Z", 8, true),
    ("generation=8 to=1970-01-01T01:00:00Z lineage=a", "1970-01-01T00:30:00Z", 8, false),
    ("generation=8 to=1970-01-01T01:00:00Z lineage=a", "1970-01-01T01:00:00Z", 9, false),
    ("generation=8 to=1970-01-01T01:00:00Z lineage=b", "1970-01-01T01:00:00Z", 8, false),
    ("generation=8", "1970-01-01T01:00:00Z", 8, false),
  ]

  @Test(arguments: words)
  func `the word of index-publish means that it was published, where the watermark stands there`(
    _ word: String, _ after: String, _ generation: Int, _ isPublished: Bool
  ) throws {
    var input = try input(generation: 7)
    try run(input, in: work)
    let id = try #require(work.files.keys.first { $0.hasPrefix("builds/") }?.dropLast(5))
    let line = "#published\t" + word.replacing(" ", with: "\t")
    input.generation = generation
    let slice = Receipt("slice", ["after": after, "generation": "\(generation)", "lineage": "a"])
    input.receipts = [slice]
    for cut in ["", "#publ", line] {
      try work.write("\(id).published", cut)
      #expect(try standing(input) != .published, "\(cut)")
    }
    try work.write("\(id).published", line + "\n")
    #expect(try (standing(input) == .published) == isPublished)
    for count in 1...2 {
      try run(try self.input(Array(input.objects.prefix(count)), generation: 9), in: work)
    }
    #expect(work.files.keys.filter { $0.hasSuffix(".published") && $0.hasPrefix(id) } == [])
  }

  @Test func `another slice, window or fields file is another build`() throws {
    let input = try input(generation: 7)
    try run(input, in: work)
    var other = input
    other.position = "1970-01-01T02:00:00Z"
    #expect(try standing(other) == .different)
    other = input
    other.from = ""
    #expect(try standing(other) == .different)
    #expect(try standing(try self.input(Array(input.objects.dropLast()), generation: 8)) == .different)
    #expect(try standing(input, try DeltasTests.fields("id id", "g group", "t text")) == .different)
  }

  @Test func `a build that passed over more than is allowed now is not taken`() throws {
    let object = try source.object("x.json", "bad", "bad", #"{"id":"a","g":"x"}"#)
    let receipt = try run(try input([object], generation: 7), in: work, skipBad: 2)
    #expect(receipt["bad"] == "2")
    #expect(try standing(try input([object], generation: 7), skipBad: 2) == .built(receipt))
    #expect(try standing(try input([object], generation: 7), skipBad: 1) == .different)
  }

  @Test(arguments: ["", "#state\n", "#state\tformat=2\n#end\tlines=0\tcrc=0\n", "{}\n"])
  func `a damaged state is not trusted`(_ text: String) throws {
    let input = try input()
    try run(input, in: work)
    try work.write("state", text)
    #expect(try standing(input) == .different)
  }

  @Test func `a build whose files are not whole is not trusted`() throws {
    let input = try input()
    for suffix in [".seg", ".json"] {
      for damage in [nil, "", "x"] as [String?] {
        let receipt = try run(input, in: work)
        #expect(try standing(input) == .built(receipt))
        let name = try #require(work.files.keys.first { $0.hasSuffix(suffix) && $0.contains("/") })
        try FileManager.default.removeItem(atPath: work.path + "/" + name)
        if let damage { try work.write(name, damage) }
        #expect(try standing(input) == .different)
      }
    }
  }

  @Test func `a manifest under another one's name is not trusted`() throws {
    let input = try input(generation: 7)
    let first = try #require(try run(input, in: work)["location"])
    let state = try #require(work.files["state"])
    var other = input
    other.position = "1970-01-01T02:00:00Z"
    let second = try #require(try run(other, in: work)["location"])
    try work.write("state", String(decoding: state, as: UTF8.self))
    try FileManager.default.removeItem(atPath: first)
    try FileManager.default.copyItem(atPath: second, toPath: first)
    #expect(try standing(input) == .different)
  }

  // MARK: - The directory

  @Test func `the last two builds are kept, and what is not ours`() throws {
    try work.write("mine.json", "")
    let objects = try (0..<3).map { try source.object("\($0).json", #"{"id":"a\#($0)","g":"x"}"#) }
    var ids: [String] = []
    for object in objects + objects.suffix(1) {
      try run(try input([object], generation: 1), in: work)
      let names = Set(work.files.keys)
      ids = names.filter { $0.hasPrefix("builds/") && $0.hasSuffix(".json") }.sorted()
      #expect(names.count { $0.hasSuffix(".seg") } == ids.count)
      try work.write("segments/.tmp-left", "half")
      try work.write("builds/notes.txt", "")
    }
    #expect(ids.count == 2)
    // Of an index-publish that is at work, and of one that died.
    try work.write("builds/.tmp-left", "half")
    let living = try TemporaryFile(in: Directory.open(work.path + "/builds"))
    try run(try input([objects[0]], generation: 1), in: work)
    #expect(!work.files.keys.contains("segments/.tmp-left"))
    #expect(work.files.keys.filter { $0.hasPrefix("builds/.tmp-") } == ["builds/\(living.name)"])
    #expect(work.files.keys.contains("mine.json") && work.files.keys.contains("builds/notes.txt"))
  }

  @Test func `one build at a time`() throws {
    let first = try WorkDirectory(work.path)
    let failure = #expect(throws: Failure.self) { try WorkDirectory(work.path) }
    #expect(failure?.exit == .tryAgain)
    withExtendedLifetime(first) {}
  }

  @Test func `a link in the place of the segments is refused`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: work.path + "/segments", withDestinationPath: source.path)
    #expect(throws: Failure.self) { try WorkDirectory(work.path) }
  }

  /// What was decoded, folded or cut into words by another engine is no beginning for this one: so whoever changes these bytes
  /// raises StateHead.engine, and then this number.
  @Test func `an engine of one number makes the same bytes`() throws {
    let place = try Place()
    let all = try DeltasTests.fields("id id", "g group", "t text", "k keyword - union", "n number group sum")
    let lines = (0..<300).map { index in
      #"{"id":"a\#(index % 200)","g":"g\#(index % 40)","t":"Straße no. \#(index % 7): l'été à 20.5°, naïve 東京","#
        + #""k":["x\#(index % 3)","ÿ"],"n":\#(Double(index) / 4)}"#
    }
    let object = try place.object("0.json", lines.joined(separator: "\n"))
    let input = try input([object], generation: 0)
    _ = try build(input, in: work, fields: all).run(input)
    let segments = try #require(try WorkDirectory(work.path).last).manifest.segments
    #expect(StateHead.engine == 3)
    #expect(segments.map(\.sha256) == ["da7057cf29fd43516d9a57c4c2ad4741c2dd558a2183f0717f5e11254f6dc3ae"])
  }
}
