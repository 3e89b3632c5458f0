package import Failures

// What a segment names, entry by entry, for those who keep a directory of it.

extension SegmentReader {
  /// How many a live file counts: documents and tombstones.
  package var entries: Int { documents + meta.groupTombstones + meta.idTombstones }

  /// Every document's id, in the order of their numbers.
  package func forEachID(_ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    try ids.forEach(body)
  }

  /// Every group, in the order of their numbers. Where there is no group field, none.
  package func forEachGroup(_ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    try groups.forEach(body)
  }

  package func forEachGroupTombstone(
    _ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try groupTombstones.forEach(body)
  }

  package func forEachIDTombstone(
    _ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try idTombstones.forEach(body)
  }
}
