internal import CJSON

extension JSONText {
  /// Appends bytes that stand for themselves as a string in quotes, with the fewest escapes. What is not UTF-8 stays so.
  package mutating func append(quotingPlain bytes: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    var done = appendPlain(bytes, from: 0)
    while done < bytes.count {
      JSONEscape.write(bytes[done]) { append($0) }
      done += 1
      done += appendPlain(bytes, from: done)
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends the bytes before the first that is escaped, and gives their number.
  private mutating func appendPlain(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    let rest = bytes.count - start
    guard let source = bytes.baseAddress else { return 0 }
    let length = cjson_copy_plain(room(for: rest), source + start, rest)
    advance(by: length)
    return length
  }
}
