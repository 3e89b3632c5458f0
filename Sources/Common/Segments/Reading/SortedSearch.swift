internal import Failures

/// Places in what is sorted: `isBehind` is false up to a place, and true from there on.
enum SortedSearch {
  /// The first place of the range that is behind; its end if none is.
  @inline(__always)
  static func first(
    in range: Range<Int>, where isBehind: (Int) throws(Failure) -> Bool
  ) throws(Failure) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if try isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The same in time that grows with the logarithm of how far that place is from the beginning (Bentley and Yao, 1976).
  @inline(__always)
  static func gallop(
    in range: Range<Int>, where isBehind: (Int) throws(Failure) -> Bool
  ) throws(Failure) -> Int {
    var (low, step) = (range.lowerBound, 1)
    while low + step <= range.upperBound {
      if try isBehind(low + step - 1) { return try first(in: low..<low + step - 1, where: isBehind) }
      low += step
      step *= 2
    }
    return try first(in: low..<range.upperBound, where: isBehind)
  }
}
