internal import Glibc

/// Plain values in a row that grows, in memory of its own: an append is a comparison and a store.
struct Pile<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>?
  private var capacity = 0
  private(set) var count = 0

  init() {}

  deinit { free(base) }

  /// What is there; valid until the next append.
  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  mutating func append(_ element: Element) {
    reserve(1)
    base?.advanced(by: count).initialize(to: element)
    count += 1
  }

  mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    reserve(elements.count)
    base?.advanced(by: count).update(from: source, count: elements.count)
    count += elements.count
  }

  /// Forgets the values and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// Gives the values away; who takes them frees them.
  consuming func take() -> UnsafeBufferPointer<Element> {
    let (base, count) = (base, count)
    discard self
    return UnsafeBufferPointer(start: base, count: count)
  }

  private mutating func reserve(_ more: Int) {
    if capacity - count >= more { return }
    capacity = max(capacity * 2, count + more, 64)
    let memory = realloc(UnsafeMutableRawPointer(base), capacity * MemoryLayout<Element>.stride)
    // As everywhere in Swift, memory that the system refuses ends the process.
    guard let memory else { fatalError("out of memory") }
    base = memory.assumingMemoryBound(to: Element.self)
  }
}

extension Pile<UInt8> {
  mutating func append(_ bytes: UnsafeRawBufferPointer) { append(bytes.assumingMemoryBound(to: UInt8.self)) }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }
}
