package import Failures
package import Fields

/// Builds one segment in memory, document by document, and gives its bytes.
///
/// Documents come sorted by group, then id, in byte order, each once. The bytes are a function of the calls alone.
package struct SegmentWriter: ~Copyable {
  package init(fields: Fields) {}

  /// Begins a document. Without a group field in `fields`, the group is the id.
  package mutating func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) {}

  /// One value of a text field, as unescaped UTF-8; `field` is its index in `fields.all`. A second value of the same
  /// field goes on behind the first, with a gap between their positions, so that no phrase spans both.
  package mutating func add(text: UnsafeRawBufferPointer, field: Int) {}

  /// One value of a keyword field, as unescaped UTF-8. The same value twice counts once.
  package mutating func add(keyword: UnsafeRawBufferPointer, field: Int) {}

  /// The value of a number field; at most one a document. Finite.
  package mutating func add(number: Double, field: Int) {}

  /// Ends the document; `stored` is the whole document as one JSON object, which the index gives back as it is.
  package mutating func end(stored: UnsafeRawBufferPointer) {}

  /// A group, or a document by its id, that this segment hides in what lies below it, and does not have itself.
  /// In any order, each once.
  package mutating func add(groupTombstone: UnsafeRawBufferPointer) {}
  package mutating func add(idTombstone: UnsafeRawBufferPointer) {}

  /// The finished segment, and its counts.
  package consuming func finish() throws(Failure) -> FinishedSegment {
    throw Failure(.software, "not built yet")
  }
}

package struct FinishedSegment: Sendable {
  package let bytes: [UInt8]
  package let documents: Int
  package let groups: Int
  package let tombstones: Int

  package init(bytes: [UInt8], documents: Int, groups: Int, tombstones: Int) {
    self.bytes = bytes
    self.documents = documents
    self.groups = groups
    self.tombstones = tombstones
  }
}
