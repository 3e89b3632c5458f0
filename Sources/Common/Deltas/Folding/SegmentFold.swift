internal import Failures
internal import Fields
internal import Files
internal import Segments
internal import Threads

extension Fold {
  /// Writes a segment of all documents and of the tombstones of those groups that `isWanted` takes.
  ///
  /// Each thread writes a range of the documents; the bytes don't depend on how many there are. What the fold takes is free
  /// before the lanes are put together, and the window too where it is the last that is made of it.
  consuming func segment(
    fields: Fields, window: Window, into directory: Directory, limits: Limits, isLast: Bool = false,
    where isWanted: (UnsafeRawBufferPointer) -> Bool = { _ in true }
  ) throws(Failure) -> FinishedSegment {
    let ranges = ranges(documents < 1000 ? 1 : limits.threads)
    let lanes = write(ranges, fields: fields, window: window, into: directory, limits: limits)
    var last = lanes[lanes.count - 1]
    writeTombstones(into: &last, where: isWanted)
    _ = consume self
    let close: @Sendable () -> Void = { if isLast { window.close() } else { window.release() } }
    return try beside(threads: limits.threads, close) { () throws(Failure) in
      try SegmentWriter.finish(
        lanes, fields: fields, into: directory, memory: limits.memory / 2, threads: limits.threads)
    }
  }

  private func write(
    _ ranges: [Range<Int>], fields: Fields, window: Window, into directory: Directory, limits: Limits
  ) -> [SegmentLane] {
    withUnsafePointer(to: self) { fold in
      let fold = Shared(fold: fold)
      return parallelMap(count: ranges.count, threads: limits.threads) { index in
        var lane = SegmentLane(fields: fields, scratch: directory, memory: limits.lane)
        let pages = PagesRead(of: window)
        fold.fold.pointee.write(ranges[index], into: &lane) { pages.count($0) }
        // What the lane takes to be sealed is taken where these were.
        pages.release()
        lane.seal()
        return lane
      }
    }
  }
}

/// Nothing in a fold changes while it is written.
private struct Shared: @unchecked Sendable {
  let fold: UnsafePointer<Fold>
}
