internal import Bytes

/// A page of a flat listing in two pieces of memory, however many objects it has: listings are read by the million.
///
///     bytes     key tag key tag ...         in whatever order
///     entries   where each object's are, its size and time; in the byte order of the keys
package struct PackedPage: Sendable {
  package struct Entry: Sendable {
    package let key: Span
    package let tag: Span
    package let bytes: Int64
    /// Seconds since 1970.
    package let modified: Int64
  }

  /// Some of a page's bytes.
  package struct Span: Sendable {
    let start: Int32
    package let count: Int32

    package var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
  }

  package private(set) var bytes: [UInt8] = []
  package private(set) var entries: [Entry] = []
  /// Where the next page goes on; nil when this is the last.
  package var next: String?

  package init() {}

  package init(_ page: ListPage) {
    entries.reserveCapacity(page.objects.count)
    for object in page.objects {
      append(
        key: add(object.key.bytes), tag: add(object.tag.utf8), bytes: object.bytes, modified: object.modified)
    }
    next = page.next
  }

  package var objects: [ObjectInfo] {
    entries.map { entry in
      ObjectInfo(
        key: Key(bytes[entry.key.range]), bytes: entry.bytes,
        tag: String(decoding: bytes[entry.tag.range], as: UTF8.self), modified: entry.modified)
    }
  }

  package func key(_ index: Int) -> Key { Key(bytes[entries[index].key.range]) }

  mutating func reserve(bytes count: Int, entries number: Int) {
    bytes.reserveCapacity(count)
    entries.reserveCapacity(number)
  }

  /// A page has less than 2 GiB: an answer of S3 is at most 8 MiB, and `PageBuilder` bounds what it makes.
  mutating func add(_ text: some Collection<UInt8>) -> Span {
    let start = bytes.count
    bytes.append(contentsOf: text)
    return Span(start: Int32(start), count: Int32(bytes.count - start))
  }

  mutating func append(key: Span, tag: Span, bytes: Int64, modified: Int64) {
    entries.append(Entry(key: key, tag: tag, bytes: bytes, modified: modified))
  }

  /// Decodes the keys from how AWS writes them in a URL, where a space is a `+`; false where one is not encoded well.
  mutating func decodeKeys() -> Bool {
    bytes.withUnsafeMutableBufferPointer { bytes in
      for index in entries.indices {
        let entry = entries[index]
        guard let count = Self.decode(UnsafeMutableBufferPointer(rebasing: bytes[entry.key.range])) else {
          return false
        }
        let key = Span(start: entry.key.start, count: Int32(count))
        entries[index] = Entry(key: key, tag: entry.tag, bytes: entry.bytes, modified: entry.modified)
      }
      return true
    }
  }

  /// In its place: how long it is then.
  private static func decode(_ text: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    var (from, to) = (0, 0)
    while from < text.count {
      var byte = text[from]
      if byte == UInt8(ascii: "%") {
        guard from + 2 < text.count, let high = Hex.value(of: text[from + 1]),
          let low = Hex.value(of: text[from + 2])
        else { return nil }
        byte = high << 4 | low
        from += 2
      } else if byte == UInt8(ascii: "+") {
        byte = UInt8(ascii: " ")
      }
      text[to] = byte
      from += 1
      to += 1
    }
    return to
  }

  enum Order { case sorted, unsorted, beyondPrefix }

  /// Whether each key begins with the prefix, and comes after the one before it.
  func order(below prefix: [UInt8]) -> Order {
    withBytes(of: prefix) { bytes, prefix in
      var previous: Span?
      for entry in entries {
        let key = bytes[entry.key]
        if !key.begins(with: prefix) { return .beyondPrefix }
        if let previous, bytes[previous].order(to: key) >= 0 { return .unsorted }
        previous = entry.key
      }
      return .sorted
    }
  }

  /// Leaves out what does not come after the marker, whether or not the server did so. The keys are in order.
  mutating func drop(upTo marker: Key) {
    let count = withBytes(of: marker.bytes) { bytes, marker in
      entries.prefix { bytes[$0.key].order(to: marker) <= 0 }.count
    }
    if count > 0 { entries.removeFirst(count) }
  }

  private func withBytes<T>(
    of other: [UInt8], _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> T
  ) -> T {
    bytes.withUnsafeBufferPointer { bytes in other.withUnsafeBufferPointer { body(bytes, $0) } }
  }
}

extension UnsafeBufferPointer<UInt8> {
  package subscript(span: PackedPage.Span) -> UnsafeBufferPointer {
    UnsafeBufferPointer(rebasing: self[span.range])
  }
}
