package import Segments

/// Where folded documents go: what `SegmentLane` takes, and in its order.
package protocol DocumentSink: ~Copyable {
  mutating func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer)
  mutating func add(text: UnsafeRawBufferPointer, field: Int)
  mutating func add(keyword: UnsafeRawBufferPointer, field: Int)
  mutating func add(number: Double, field: Int)
  mutating func end(stored: UnsafeRawBufferPointer)
  mutating func add(groupTombstone: UnsafeRawBufferPointer)
  mutating func add(idTombstone: UnsafeRawBufferPointer)
}

extension SegmentLane: DocumentSink {}
