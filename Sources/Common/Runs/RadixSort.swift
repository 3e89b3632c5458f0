/// A number to sort by, and what goes with it.
package struct Keyed: BitwiseCopyable, Sendable {
  package var key: UInt64
  package var value: UInt64

  package init(key: UInt64, value: UInt64) {
    self.key = key
    self.value = value
  }
}

/// Sorts by 64-bit keys, keeping the order of equal ones: least significant digit first (Knuth, 5.2.5), passing over digits
/// that all keys share.
package enum RadixSort {
  private static let digitBits: UInt64 = 11
  private static let digits = 1 << 11

  /// Sorts in place, with as much memory again while it lasts. Where the keys are hashes their upper halves tell nearly
  /// all of them apart, and the lower digits are looked at only where they don't.
  package static func sort(_ elements: UnsafeMutableBufferPointer<Keyed>, areHashes: Bool = false) {
    guard elements.count > 1, let base = elements.baseAddress, !isSorted(elements) else { return }
    let scratch = UnsafeMutablePointer<Keyed>.allocate(capacity: elements.count)
    defer { scratch.deallocate() }
    let different = differences(elements)
    if areHashes {
      sort(base, scratch, elements.count, from: 31, different)
      if isSorted(elements) { return }
    }
    sort(base, scratch, elements.count, from: 0, different)
  }

  private static func isSorted(_ elements: UnsafeMutableBufferPointer<Keyed>) -> Bool {
    for index in 1..<elements.count where elements[index].key < elements[index - 1].key { return false }
    return true
  }

  /// The bits that not all keys have alike.
  private static func differences(_ elements: UnsafeMutableBufferPointer<Keyed>) -> UInt64 {
    var (all, any): (UInt64, UInt64) = (.max, 0)
    for element in elements {
      all &= element.key
      any |= element.key
    }
    return all ^ any
  }

  private static func sort(
    _ base: UnsafeMutablePointer<Keyed>, _ scratch: UnsafeMutablePointer<Keyed>, _ count: Int,
    from lowest: UInt64, _ different: UInt64
  ) {
    var (source, target) = (base, scratch)
    var shift = lowest
    while shift < 64 {
      if different >> shift & UInt64(digits - 1) != 0 {
        pass(source, target, count, shift)
        swap(&source, &target)
      }
      shift += digitBits
    }
    if source != base { base.update(from: source, count: count) }
  }

  private static func pass(
    _ source: UnsafeMutablePointer<Keyed>, _ target: UnsafeMutablePointer<Keyed>, _ count: Int,
    _ shift: UInt64
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: digits) { starts in
      starts.initialize(repeating: 0)
      for index in 0..<count {
        starts[Int(truncatingIfNeeded: source[index].key >> shift) & (digits - 1)] += 1
      }
      var sum = 0
      for digit in 0..<digits {
        let size = starts[digit]
        starts[digit] = sum
        sum += size
      }
      for index in 0..<count {
        let element = source[index]
        let digit = Int(truncatingIfNeeded: element.key >> shift) & (digits - 1)
        (target + starts[digit]).initialize(to: element)
        starts[digit] += 1
      }
    }
  }
}
