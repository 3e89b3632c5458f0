internal import Failures

extension SegmentSearch {
  /// Documents that have any of the leaves, by MaxScore (Turtle and Flood, 1995) with the maxima of blocks (Ding and Suel,
  /// 2011), window by window: with the leaves in ascending order of what they have there at most, as long as the first few
  /// together can't reach the threshold, a document that is in none of the others, the essential ones, can't either.
  func searchOptional(_ top: inout TopDocuments, _ visibility: inout Visibility) throws(Failure) {
    var window = Window(scoring)
    var start = 0
    /// How long the next window is to be after one in which nothing was essential.
    var span = 0
    while true {
      start = max(start, firstDocument(window.order[...]))
      if start >= LeafCursor.noDocument { return }
      let end = span > 0 ? min(start + span, LeafCursor.noDocument) : try blockEnd(window, from: start)
      try weigh(&window, from: start, to: end, top)
      if window.essential == window.order.count {
        span = 2 * (end - start)
        start = end
      } else if span > 0 {
        // The longer look saw too much: the same again by blocks.
        span = 0
      } else {
        try search(window, from: start, to: end, &top, &visibility)
        start = end
      }
    }
  }

  /// The leaves in a range of documents.
  struct Window {
    /// In ascending order of what each adds to a score at most.
    var order: [Int]
    /// Where the essential ones begin.
    var essential = 0
    /// What the others add together at most.
    var rest = 0.0

    init(_ leaves: Range<Int>) { order = Array(leaves) }
  }

  private func firstDocument(_ leaves: ArraySlice<Int>) -> Int {
    var first = LeafCursor.noDocument
    for index in leaves { first = min(first, leaf(index).pointee.document) }
    return first
  }

  /// The end of the shortest block of what was essential before; of any where nothing was.
  private func blockEnd(_ window: Window, from start: Int) throws(Failure) -> Int {
    var end = LeafCursor.noDocument
    let first = window.essential == window.order.count ? 0 : window.essential
    for index in window.order[first...] { end = min(end, try leaf(index).pointee.blockEnd(from: start)) }
    return max(end, start + 1)
  }

  private func weigh(
    _ window: inout Window, from start: Int, to end: Int, _ top: borrowing TopDocuments
  ) throws(Failure) {
    for index in window.order { try leaf(index).pointee.bound(from: start, to: end) }
    // Few, and mostly in order already.
    for place in 1..<max(window.order.count, 1) {
      var at = place
      while at > 0, ceiling(window.order[at]) < ceiling(window.order[at - 1]) {
        window.order.swapAt(at, at - 1)
        at -= 1
      }
    }
    (window.essential, window.rest) = (0, 0)
    for index in window.order {
      guard isBelow(window.rest + ceiling(index), top) else { break }
      window.rest += ceiling(index)
      window.essential += 1
    }
  }

  private func ceiling(_ index: Int) -> Double { leaf(index).pointee.ceiling }

  private func search(
    _ window: Window, from start: Int, to end: Int, _ top: inout TopDocuments,
    _ visibility: inout Visibility
  ) throws(Failure) {
    let essential = window.order[window.essential...]
    for index in essential { try leaf(index).pointee.advance(to: start) }
    if essential.count == 1, let index = essential.first {
      while true {
        try leaf(index).pointee.seek(need(top) - window.rest, below: end)
        let document = leaf(index).pointee.document
        if document >= end { return }
        try consider(document, leaf(index).pointee.limit, window, &top, &visibility)
        try leaf(index).pointee.advance(to: document + 1)
      }
    }
    var document = firstDocument(essential)
    while document < end {
      var score = 0.0
      for index in essential where leaf(index).pointee.document == document {
        score += leaf(index).pointee.limit
      }
      try consider(document, score, window, &top, &visibility)
      var next = LeafCursor.noDocument
      for index in essential {
        try leaf(index).pointee.advance(to: document + 1)
        next = min(next, leaf(index).pointee.document)
      }
      document = next
    }
  }

  /// `score` is what the document has of the essential leaves: the others are looked at as long as they can matter.
  private func consider(
    _ document: Int, _ score: Double, _ window: Window, _ top: inout TopDocuments,
    _ visibility: inout Visibility
  ) throws(Failure) {
    var (score, rest) = (score, window.rest)
    for index in window.order[..<window.essential].reversed() {
      if isBelow(score + rest, top) { return }
      rest -= ceiling(index)
      try leaf(index).pointee.advance(to: document)
      if leaf(index).pointee.document == document { score += leaf(index).pointee.limit }
    }
    if !isBelow(score, top) { try offer(document, &top, &visibility) }
  }
}
