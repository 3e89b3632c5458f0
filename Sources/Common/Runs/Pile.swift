internal import Glibc

/// Plain values in a row that grows, in memory of its own: an append is a comparison and a store.
///
/// Inlinable, since other rooms' loops over it cost several times as much when they are not made for the kind of value;
/// which takes that its type is usable from inline, too.
@usableFromInline
package struct Pile<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>?
  @usableFromInline var capacity = 0
  @usableFromInline var length = 0

  @inlinable package init() {}

  @inlinable deinit { PileMemory.free(base) }

  @inlinable package var count: Int { length }

  /// What is there; valid until the next append.
  @inlinable package var elements: UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: base, count: length)
  }
  @inlinable package var mutableElements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: length)
  }
  @inlinable package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }

  @inlinable package subscript(index: Int) -> Element { elements[index] }

  @inlinable
  package mutating func append(_ element: Element) {
    reserve(1)
    base?.advanced(by: length).initialize(to: element)
    length += 1
  }

  @inlinable
  package mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    reserve(elements.count)
    base?.advanced(by: length).update(from: source, count: elements.count)
    length += elements.count
  }

  /// Another's, which lives as long as it takes: the elements of a pile that nobody holds are gone at once.
  package mutating func append(_ other: borrowing Pile) { append(other.elements) }

  package borrowing func copy() -> Pile {
    var copy = Pile()
    copy.append(elements)
    return copy
  }

  /// Forgets the values and keeps the memory.
  @inlinable
  package mutating func removeAll() { length = 0 }

  /// Forgets the values from there on.
  @inlinable
  package mutating func truncate(to length: Int) { self.length = min(self.length, length) }

  /// Makes room for so many more.
  @inlinable
  package mutating func reserve(_ more: Int) {
    if capacity - length < more { grow(more) }
  }

  @inlinable
  mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, length + more, 64)
    base = PileMemory.resized(base, capacity * MemoryLayout<Element>.stride)
      .assumingMemoryBound(to: Element.self)
  }
}

@usableFromInline
enum PileMemory {
  @usableFromInline
  static func resized(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer {
    // As everywhere in Swift, memory that the system refuses ends the process.
    guard let new = realloc(old, size) else { fatalError("out of memory") }
    return new
  }

  @usableFromInline
  static func free(_ memory: UnsafeMutableRawPointer?) { Glibc.free(memory) }
}

extension Pile<UInt8> {
  /// `length` bytes at the end, for the caller to fill at once.
  package mutating func extend(by length: Int) -> UnsafeMutableRawBufferPointer {
    reserve(length)
    defer { self.length += length }
    return UnsafeMutableRawBufferPointer(start: base.map { $0 + count }, count: length)
  }

  /// Puts a value in the place of bytes that are there.
  mutating func overwrite<T: BitwiseCopyable>(_ offset: Int, with value: T) {
    UnsafeMutableRawPointer(base)?.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Zeros up to the next multiple.
  mutating func pad(to alignment: Int) {
    while count % alignment != 0 { append(0) }
  }

  @inlinable
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    append(bytes.assumingMemoryBound(to: UInt8.self))
  }
}
