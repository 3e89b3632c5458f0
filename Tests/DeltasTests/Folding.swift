import Bytes
import Fields
import Files
import Records
import Runs
import Testing

@testable import Deltas

/// What a fold hands over, as text.
struct Folded: Equatable, CustomStringConvertible {
  /// The stored JSON, sorted by group and id.
  var documents: [String] = []
  var deletedIDs: Set<String> = []
  var deletedGroups: Set<String> = []

  var description: String {
    documents.joined(separator: "\n") + "\nids: \(deletedIDs.sorted()), groups: \(deletedGroups.sorted())"
  }

  /// Decodes objects of NDJSON, in slice order, and folds them.
  static func of(_ objects: [String], _ fields: Fields) throws -> Folded {
    var collector = Collector()
    try fold(objects, fields, into: &collector)
    return collector.folded
  }
}

func fold(_ objects: [String], _ fields: Fields, into collector: inout Collector) throws {
  let place = try Place()
  let window = Window(try decoded(objects, fields, place))
  let whole = WholeFold(
    window: window, fields: fields, shard: .whole, limits: Limits(threads: 1),
    scratch: try Directory.open(place.path))
  try whole.inOnePass { fold in
    fold.write(0..<fold.documents, into: &collector)
    fold.writeTombstones(into: &collector)
  }
}

func decoded(_ objects: [String], _ fields: Fields, _ place: Place) throws -> [Run] {
  let decoding = RecordDecoding(fields: fields, skipBad: 0)
  let directory = try Directory.open(place.path)
  return try objects.map { object in
    let decoded = try decoding.run(
      of: LineChunks(ArraySource(Array(object.utf8)), name: "test", size: 4 << 20),
      identity: RunIdentity(of: object), threads: 1, memory: .max, in: directory)
    return try #require(decoded.run)
  }
}

func fields(_ lines: String...) throws -> Fields {
  try Fields.parse(Array(lines.joined(separator: "\n").utf8), name: "test.fields")
}

/// Keeps what a segment would take in.
struct Collector: DocumentSink {
  var folded = Folded()
  /// Of each document: `field:kind:value`, in the order of the calls.
  var added: [[String]] = []
  /// `group/id` of each document.
  var names: [String] = []

  mutating func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) {
    names.append("\(text(group))/\(text(id))")
    added.append([])
  }

  mutating func add(text value: UnsafeRawBufferPointer, field: Int) { add("\(field):text:\(text(value))") }
  mutating func add(keyword: UnsafeRawBufferPointer, field: Int) { add("\(field):keyword:\(text(keyword))") }
  mutating func add(number: Double, field: Int) { add("\(field):number:\(number)") }
  mutating func end(stored: UnsafeRawBufferPointer) { folded.documents.append(text(stored)) }

  mutating func add(groupTombstone: UnsafeRawBufferPointer) {
    #expect(folded.deletedGroups.insert(text(groupTombstone)).inserted)
  }

  mutating func add(idTombstone: UnsafeRawBufferPointer) {
    #expect(folded.deletedIDs.insert(text(idTombstone)).inserted)
  }

  private mutating func add(_ value: String) { added[added.count - 1].append(value) }
  private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
}
