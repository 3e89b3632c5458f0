package import Bytes
internal import Deltas
internal import Failures
internal import Fields
internal import Foundation
internal import JSON
internal import Lines
internal import Objects
internal import Partitions
package import Publishing
internal import Reading
package import Seeded
package import Segments

/// A directory of a test's own, in memory where there is such a place; removed with the object.
package final class Place: Sendable {
  package let path: String

  package init() throws {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
    let url = parent.appending(path: "changes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// An index as it is kept in use: objects come, the window slides, deltas are built on deltas, now and then there is a new base.
package struct History {
  package let place: Place
  private let fields: Fields
  package var random: SeededRandom
  package var ids = 40
  /// Of how many minutes a build says that it is; nil: of all.
  package var window: Int64?
  private var objects: [ObjectLine] = []
  private var minute: Int64 = 100
  private var batches = 0
  /// Where the generations lie, and the builds in the order of their time.
  package private(set) var generations: [Location] = []
  package private(set) var builds: [(location: Location, isBase: Bool)] = []

  package init(_ fields: String, seed: UInt64) throws {
    place = try Place()
    self.fields = try Fields.parse(Array(fields.utf8), name: "test")
    random = SeededRandom(seed)
  }

  package var destination: Destination {
    get throws { try Destination(.local(path: Array("\(place.path)/dest".utf8)), stores: Stores()) }
  }

  private mutating func record() -> String {
    let id = #""id":"\#(Int.random(in: 0..<ids, using: &random))""#
    let group = fields.group == nil ? "" : #","g":"g\#(Int.random(in: 0..<ids / 4, using: &random))""#
    let members =
      #","n":\#(Int.random(in: 0..<3, using: &random)),"t":"word \#(Int.random(in: 0..<2, using: &random))""#
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return "{\(id),\"_delete\":true}"
    case 1 where !group.isEmpty: return "{\(group.dropFirst()),\"_delete\":true}"
    default: return "{\(id)\(group)\(members)}"
    }
  }

  private mutating func object() throws -> ObjectLine {
    minute += 1
    let name = "\(minute).json"
    let records = (0..<Int.random(in: 0...ids / 5, using: &random)).map { _ in record() + "\n" }
    try Data(records.joined().utf8).write(to: URL(filePath: "\(place.path)/\(name)"))
    guard let info = try LocalStore(root: place.path).info(Key(name)) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return ObjectLine(
      time: Instant(seconds: minute * 60), modified: Instant(seconds: info.modified), bytes: info.bytes,
      tag: info.tag, location: .local(path: Array("\(place.path)/\(name)".utf8)))
  }

  /// The build of a slice, in a work directory.
  private func build(_ objects: some Sequence<ObjectLine>, work: String) throws -> BuiltIndex {
    let path = "\(place.path)/\(work)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let slice = Receipt(
      "slice",
      [
        "from": Instant(seconds: window.map { (minute - $0) * 60 } ?? 0).description,
        "to": Instant(seconds: minute * 60).description,
        "generation": "\(batches)",
      ])
    guard let input = try BuildInput(Batch(receipts: [slice], objects: Array(objects))) else {
      throw CocoaError(.fileReadUnknown)
    }
    let reading = SliceReading(fields: fields, stores: Stores(), skipBad: 0, threads: 1, jobs: 1)
    let build = Build(
      reading, in: try WorkDirectory(path, wait: true), shard: .whole,
      limits: Limits(threads: 1, memory: 1 << 26))
    let receipt = try build.run(input)
    guard let location = receipt.location("location") else { throw CocoaError(.fileReadUnknown) }
    return try BuiltIndex(location, stores: Stores())
  }

  /// One more generation: a delta, or a base of all there is.
  package mutating func step(base: Bool = false) throws {
    for _ in 0..<Int.random(in: 1...2, using: &random) { objects.append(try object()) }
    // Something late, or gone.
    if Int.random(in: 0..<6, using: &random) == 0, objects.count > 3 { objects.remove(at: 1) }
    batches += 1
    let built = try base ? build(objects, work: "full") : build(objects.suffix(8), work: "work")
    builds.append((built.location, base))
    var order = Publisher.Order(after: .current)
    order.guards = Guards(maxShrink: 100)
    order.force = true
    let change: Change = base ? .base(built.manifest) : .delta(built.manifest)
    let outcome = try Publisher(try destination) { _ in }.publish(
      change, from: built.files, receipts: [], order)
    guard case .published(let generation, _) = outcome else { throw CocoaError(.fileNoSuchFile) }
    generations.append(generation.manifest(at: try destination.location))
  }
}

/// What a reader is shown: the stored documents by their ids.
package func documents(_ location: Location) throws -> [String: String] {
  try documents(IndexView(OpenedIndex.open(location, stores: Stores()).layers))
}

package func documents(_ view: IndexView) throws -> [String: String] {
  var found: [String: String] = [:]
  try view.forEachDocument { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    found[(try? JSONValue.parse(text))?["id"]?.string ?? ""] = text
  }
  return found
}
