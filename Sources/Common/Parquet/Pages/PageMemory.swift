internal import Glibc

/// Memory that grows and never shrinks, so that pages come after each other in the same place.
///
/// Behind its end there are bytes that may be read, though they mean nothing: who reads words needs not ask at each
/// whether it is the last.
struct PageMemory: ~Copyable {
  /// How far behind the end may be read.
  static let slack = 64

  private(set) var start: UnsafeMutableRawPointer?
  private var capacity = 0

  init() {}

  deinit { free(start) }

  /// Has room for so many bytes; what was there before is gone.
  mutating func reserve(_ count: Int) throws(Damage) -> UnsafeMutableRawBufferPointer {
    if count > capacity || start == nil {
      free(start)
      let wanted = max(count, capacity + capacity / 2, 4096)
      start = malloc(wanted + Self.slack)
      capacity = start == nil ? 0 : wanted
    }
    guard let start else { throw .unsupported("needs more memory than there is") }
    return UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// Has room for so many bytes, the first of which are those that were in `kept`.
  mutating func reserve(_ count: Int, keeping kept: Range<Int>) throws(Damage)
    -> UnsafeMutableRawBufferPointer
  {
    guard count > capacity, let old = start else {
      let memory = try reserve(count)
      if let start, !kept.isEmpty { memmove(start, start + kept.lowerBound, kept.count) }
      return memory
    }
    var larger = PageMemory()
    let memory = try larger.reserve(count)
    memory.baseAddress?.copyMemory(from: old + kept.lowerBound, byteCount: kept.count)
    self = larger
    return memory
  }

  mutating func reserve<T: BitwiseCopyable>(_ count: Int, of type: T.Type) throws(Damage)
    -> UnsafeMutablePointer<T>
  {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
    guard !overflow, size <= 1 << 40, let start = try reserve(size).baseAddress else {
      throw .unsupported("needs more memory than there is")
    }
    return start.bindMemory(to: T.self, capacity: count)
  }
}
