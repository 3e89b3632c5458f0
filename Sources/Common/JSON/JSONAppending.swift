internal import CJSON

// JSON being made of values that were never JSON: bytes that stand for themselves, digits that are written in place.

extension JSONText {
  /// Appends bytes that stand for themselves as a string in quotes, with the fewest escapes. What is not UTF-8 stays so.
  package mutating func append(quotingPlain bytes: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    append(escapingPlain: bytes)
    append(UInt8(ascii: "\""))
  }

  /// The same without the quotes.
  package mutating func append(escapingPlain bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let rest = bytes.count - done
      if !isRoom(for: rest) { grow(by: rest) }
      guard let target = storage.baseAddress else { return }
      let length = cjson_copy_plain(target + count, source + done, rest)
      count += length
      done += length
      guard done < bytes.count else { return }
      JSONEscape.write(bytes[done]) { append($0) }
      done += 1
    }
  }

  /// Room for so many bytes behind those that are there. What is written there is appended by `advance`.
  package mutating func room(for most: Int) -> UnsafeMutablePointer<UInt8>? {
    if !isRoom(for: most) { grow(by: most) }
    return storage.baseAddress?.advanced(by: count).assumingMemoryBound(to: UInt8.self)
  }

  package mutating func advance(by written: Int) { count = min(count + written, storage.count) }
}
