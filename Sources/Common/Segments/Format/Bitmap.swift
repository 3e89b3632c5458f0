/// A bit each for so many things.
package struct Bitmap: Equatable, Sendable {
  package let size: Int
  /// The lowest bit first; zeros at the end.
  private(set) var words: [UInt64]

  /// All bits set.
  init(all size: Int) {
    self.size = size
    words = Array(repeating: .max, count: (size + 63) / 64)
    if size % 64 > 0 { words[words.count - 1] = .max >> UInt64(64 - size % 64) }
  }

  /// Nil unless there are words for as many bits, with zeros at the end.
  init?(words: [UInt64], size: Int) {
    let all = Bitmap(all: size).words
    guard words.count == all.count, zip(words, all).allSatisfy({ $0 & ~$1 == 0 }) else { return nil }
    self.size = size
    self.words = words
  }

  /// The first bits, at most as many as there are.
  func prefix(_ size: Int) -> Bitmap {
    let all = Bitmap(all: min(size, self.size)).words
    return Bitmap(words: zip(words, all).map { $0 & $1 }, size: min(size, self.size)) ?? self
  }

  /// The first bit that is set, from there on; nil behind the last.
  package func first(from index: Int) -> Int? {
    var word = index / 64
    guard index >= 0, word < words.count else { return nil }
    var rest = words[word] & (.max << UInt64(index % 64))
    while rest == 0 {
      word += 1
      if word == words.count { return nil }
      rest = words[word]
    }
    return word * 64 + rest.trailingZeroBitCount
  }

  /// The number of bits that are set.
  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  package subscript(index: Int) -> Bool {
    index >= 0 && index < size && words[index / 64] & 1 << UInt64(index % 64) != 0
  }

  mutating func remove(_ index: Int) {
    if index >= 0, index < size { words[index / 64] &= ~(1 << UInt64(index % 64)) }
  }

  mutating func remove(_ range: Range<Int>) { for index in range { remove(index) } }

  func count(in range: Range<Int>) -> Int {
    let range = range.clamped(to: 0..<size)
    guard let last = range.last else { return 0 }
    let (first, head) = (range.lowerBound / 64, UInt64.max << UInt64(range.lowerBound % 64))
    let (end, tail) = (last / 64, UInt64.max >> UInt64(63 - last % 64))
    if first == end { return (words[first] & head & tail).nonzeroBitCount }
    return words[first + 1..<end].reduce(
      (words[first] & head).nonzeroBitCount + (words[end] & tail).nonzeroBitCount
    ) { $0 + $1.nonzeroBitCount }
  }
}
