/// Room for so many values that can't be copied, where they can be changed in place.
struct FixedArray<Element: ~Copyable>: ~Copyable {
  let base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// There is room for it.
  mutating func append(_ element: consuming Element) {
    assert(count < capacity)
    (base + count).initialize(to: element)
    count += 1
  }
}
