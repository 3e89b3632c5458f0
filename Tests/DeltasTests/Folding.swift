import Bytes
import Deltas
import Fields
import Records
import Testing

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
  static func of(_ objects: [String], _ fields: Fields) -> Folded {
    var collector = Collector()
    Fold(decoded(objects, fields), fields: fields).run(into: &collector)
    return collector.folded
  }
}

func decoded(_ objects: [String], _ fields: Fields) -> [DecodedObject] {
  let decoding = RecordDecoding(fields: fields, skipBad: 0)
  return objects.map { decoding.decode(ArraySource(Array($0.utf8)), name: "test") }
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
