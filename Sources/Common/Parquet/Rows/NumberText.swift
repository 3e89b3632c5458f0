internal import JSON

// Numbers as JSON. A double has the fewest digits that give the same value again, a float those that give the same float.

extension JSONText {
  @inline(__always)
  mutating func append(_ value: Int64) {
    append(atMost: 20) { start in
      var pen = Pen(start)
      pen.put(value)
      return pen.at - start
    }
  }

  @inline(__always)
  mutating func append(_ value: UInt64) {
    append(atMost: 20) { start in
      var pen = Pen(start)
      pen.put(value)
      return pen.at - start
    }
  }

  /// A number that is no number, or has no end, is null.
  mutating func append<Value: BinaryFloatingPoint & CustomStringConvertible>(floating value: Value) {
    guard value.isFinite else { return append("null") }
    var digits = value.description
    digits.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }
}
