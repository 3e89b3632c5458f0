internal import Failures

extension SegmentSearch {
  /// The documents of all required clauses, the one with the fewest first: whichever has none at a document says where the
  /// others go on. Ranges of blocks whose best can't reach the threshold are passed over.
  func searchRequired(
    _ required: [Range<Int>], _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    var (target, end) = (0, 0)
    while true {
      if target >= end {
        end = try blockEnd(of: required[0], from: target)
        let bound = top.threshold > 0 ? try bound(from: target, to: end) : .infinity
        if isBelow(bound, top) {
          target = end
          if end == LeafCursor.noDocument { return }
          continue
        }
      }
      let next = try firstCommon(required, from: target)
      if next == LeafCursor.noDocument { return }
      if next < end { try offer(next, &top, &visibility) }
      target = next < end ? next + 1 : next
    }
  }

  /// The first document from `target` on that has a leaf of each clause.
  private func firstCommon(_ required: [Range<Int>], from first: Int) throws(Failure) -> Int {
    var target = first
    var index = 0
    while index < required.count && target != LeafCursor.noDocument {
      let next = try self.first(required[index], from: target)
      index = next == target || index == 0 ? index + 1 : 0
      target = next
    }
    return target
  }

  private func first(_ clause: Range<Int>, from target: Int) throws(Failure) -> Int {
    var next = LeafCursor.noDocument
    for index in clause {
      try leaf(index).pointee.advance(to: target)
      next = min(next, leaf(index).pointee.document)
    }
    return next
  }

  private func blockEnd(of clause: Range<Int>, from start: Int) throws(Failure) -> Int {
    var end = LeafCursor.noDocument
    for index in clause { end = min(end, try leaf(index).pointee.blockEnd(from: start)) }
    return end
  }

  private func bound(from start: Int, to end: Int) throws(Failure) -> Double {
    var sum = 0.0
    for index in scoring {
      try leaf(index).pointee.bound(from: start, to: end)
      sum += leaf(index).pointee.ceiling
    }
    return sum
  }
}
