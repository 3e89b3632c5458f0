internal import Failures
package import Fields
package import Files

/// Gathers one contiguous range of a segment's documents, in bounded memory; `SegmentWriter.finish` makes a segment of lanes.
///
/// Documents come sorted by group, then id, in byte order, each once, and behind those of the lanes before. A lane is used by one
/// thread at a time. What goes wrong on the way is said by `finish`.
///
/// A class, so that lanes can be handed around; the values lie in a box, whose loops need no check of exclusive access.
package final class SegmentLane: @unchecked Sendable {
  let content: UnsafeMutablePointer<LaneContent>
  /// Ranges that were finished as segments of their own, in the order of their documents.
  private(set) var spilled: [SegmentReader] = []
  private(set) var failure: Failure?
  private let fields: Fields
  private let memory: Int
  /// So that occurrences can be counted in 32 bits.
  private static let mostMemory = 4 << 30
  let scratch: Directory

  /// Holds at most about `memory` bytes, or one document; what is more goes to files without a name in `scratch`.
  package init(fields: Fields, scratch: Directory, memory: Int) {
    self.fields = fields
    self.scratch = scratch
    self.memory = min(memory, Self.mostMemory)
    content = .allocate(capacity: 1)
    content.initialize(to: LaneContent(fields: fields, scratch: scratch))
  }

  deinit { content.deinitialize(count: 1).deallocate() }

  /// Begins a document. Without a group field in the fields, the group is the id.
  package func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) {
    content.pointee.begin(id: id, group: group)
  }

  /// One value of a text field, as unescaped UTF-8; `field` is its index in `fields.all`. A second value of the same
  /// field goes on behind the first, with a gap between their positions, so that no phrase spans both.
  package func add(text: UnsafeRawBufferPointer, field: Int) { content.pointee.add(text: text, field: field) }

  /// One value of a keyword field, as unescaped UTF-8. The same value twice counts once.
  package func add(keyword: UnsafeRawBufferPointer, field: Int) {
    content.pointee.add(keyword: keyword, field: field)
  }

  /// The value of a number field; at most one a document. Finite.
  package func add(number: Double, field: Int) { content.pointee.add(number: number, field: field) }

  /// Ends the document; `stored` is the whole document as one JSON object, which the index gives back as it is.
  package func end(stored: UnsafeRawBufferPointer) {
    content.pointee.end(stored: stored)
    if content.pointee.bytesHeld > memory { spill() }
  }

  /// Ends the documents, on the thread that added them: what is to be sorted is sorted there.
  package func seal() { content.pointee.seal() }

  /// A group, or a document by its id, that the segment hides in what lies below it, and does not have itself. In any order.
  package func add(groupTombstone: UnsafeRawBufferPointer) {
    content.pointee.groupTombstones.add(groupTombstone)
  }
  package func add(idTombstone: UnsafeRawBufferPointer) { content.pointee.idTombstones.add(idTombstone) }

  /// Finishes what there is as a segment of its own, and begins anew.
  func spill() {
    defer {
      content.deinitialize(count: 1)
      content.initialize(to: LaneContent(fields: fields, scratch: scratch))
    }
    guard failure == nil else { return }
    do throws(Failure) {
      let segment = try SegmentAssembly([self], fields: fields, threads: 1).write(into: scratch)
      spilled.append(try SegmentReader(try segment.mapped(), name: "part \(spilled.count)"))
    } catch {
      failure = error
    }
  }
}
