internal import Failures

/// Counts how often the words of a phrase stand side by side in a document.
struct PhraseMatcher {
  /// How far each word is from the first of the phrase; in any order.
  private let offsets: [Int]
  private var positions: [[UInt32]]
  private var places: [Int]
  /// The document that was looked at last, and how often the phrase is in it.
  private var counted: (document: Int, frequency: UInt32) = (-1, 0)

  init(offsets: [Int]) {
    self.offsets = offsets
    positions = offsets.count > 1 ? Array(repeating: [], count: offsets.count) : []
    places = Array(repeating: 0, count: positions.count)
  }

  /// All words stand at the document.
  mutating func frequency(
    of words: borrowing FixedArray<PostingsCursor>, at document: Int
  ) throws(Failure) -> UInt32 {
    if counted.document == document { return counted.frequency }
    for index in positions.indices {
      try words.base[index].positions(into: &positions[index])
      places[index] = 0
    }
    var frequency: UInt32 = 0
    for position in positions[0] where stands(from: Int(position) - offsets[0]) { frequency += 1 }
    counted = (document, frequency)
    return frequency
  }

  /// Starts come in ascending order, so each word's place only moves on.
  private mutating func stands(from start: Int) -> Bool {
    for index in positions.indices.dropFirst() {
      let wanted = start + offsets[index]
      var place = places[index]
      while place < positions[index].count, Int(positions[index][place]) < wanted { place += 1 }
      places[index] = place
      guard place < positions[index].count, Int(positions[index][place]) == wanted else { return false }
    }
    return start >= 0
  }
}
