internal import JSON

// Numbers as JSON. A double has the fewest digits that give the same value again, a float those that give the same float.

extension JSONText {
  @inline(__always)
  mutating func append(_ value: Int64) {
    var pen = Pen(room(for: 20))
    pen.put(value)
    advance(by: pen.written)
  }

  @inline(__always)
  mutating func append(_ value: UInt64) {
    var pen = Pen(room(for: 20))
    pen.put(value)
    advance(by: pen.written)
  }

  /// A number that is no number, or has no end, is null.
  mutating func append<Value: BinaryFloatingPoint & CustomStringConvertible>(floating value: Value) {
    guard value.isFinite else { return append("null") }
    var digits = value.description
    digits.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Different decimals of up to 15 digits are different doubles. So where one with two digits behind the point, as prices
  /// have, gives the value, it is the shortest that does: what `description` says, for a fraction of its price.
  mutating func append(_ value: Double) {
    guard value.magnitude < 1e13, value != 0 else { return append(floating: value) }
    let hundredths = Int64(value * 100 + (value < 0 ? -0.5 : 0.5))
    // Both are exact, and so their quotient is the double next to the decimal.
    if Double(hundredths) / 100 == value { append(hundredths: hundredths) } else { append(floating: value) }
  }

  /// Of up to 6 digits different decimals are different floats.
  mutating func append(_ value: Float) {
    guard value.magnitude < 1e4, value != 0 else { return append(floating: value) }
    let hundredths = Int64(value * 100 + (value < 0 ? -0.5 : 0.5))
    if Float(hundredths) / 100 == value { append(hundredths: hundredths) } else { append(floating: value) }
  }

  private mutating func append(hundredths: Int64) {
    var pen = Pen(room(for: 24))
    if hundredths < 0 { pen.put(UInt8(ascii: "-")) }
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    pen.put(whole)
    pen.put(UInt8(ascii: "."))
    if rest % 10 == 0 { pen.put(rest / 10) } else { pen.put(pair: Int64(rest)) }
    advance(by: pen.written)
  }
}
