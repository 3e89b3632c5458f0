internal import Glibc

/// Plain values in a row that grows, in memory of its own: an append is a comparison and a store.
package struct Pile<Element: BitwiseCopyable>: ~Copyable {
  fileprivate var base: UnsafeMutablePointer<Element>?
  private var capacity = 0
  package fileprivate(set) var count = 0

  package init() {}

  deinit { free(base) }

  /// What is there; valid until the next append.
  package var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
  package var mutableElements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }

  package subscript(index: Int) -> Element { elements[index] }

  package mutating func append(_ element: Element) {
    reserve(1)
    base?.advanced(by: count).initialize(to: element)
    count += 1
  }

  package mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    reserve(elements.count)
    base?.advanced(by: count).update(from: source, count: elements.count)
    count += elements.count
  }

  package borrowing func copy() -> Pile {
    var copy = Pile()
    copy.append(elements)
    return copy
  }

  /// Forgets the values and keeps the memory.
  package mutating func removeAll() { count = 0 }

  /// Forgets the values from there on.
  package mutating func truncate(to length: Int) { count = min(count, length) }

  /// Makes room for so many more.
  package mutating func reserve(_ more: Int) {
    if capacity - count >= more { return }
    capacity = max(capacity * 2, count + more, 64)
    let memory = realloc(UnsafeMutableRawPointer(base), capacity * MemoryLayout<Element>.stride)
    // As everywhere in Swift, memory that the system refuses ends the process.
    guard let memory else { fatalError("out of memory") }
    base = memory.assumingMemoryBound(to: Element.self)
  }
}

extension Pile<UInt8> {
  /// `length` bytes at the end, for the caller to fill at once.
  package mutating func extend(by length: Int) -> UnsafeMutableRawBufferPointer {
    reserve(length)
    count += length
    return UnsafeMutableRawBufferPointer(start: base.map { $0 + count - length }, count: length)
  }

  /// Puts a value in the place of bytes that are there.
  mutating func overwrite<T: BitwiseCopyable>(_ offset: Int, with value: T) {
    UnsafeMutableRawPointer(base)?.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Zeros up to the next multiple.
  mutating func pad(to alignment: Int) {
    while count % alignment != 0 { append(0) }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    append(bytes.assumingMemoryBound(to: UInt8.self))
  }
}
