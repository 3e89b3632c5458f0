/// Writes digits and letters into a buffer whose owner has made room for them.
struct Pen {
  private let start: UnsafeMutablePointer<UInt8>
  private var at: UnsafeMutablePointer<UInt8>

  init(_ room: UnsafeMutableRawPointer) {
    start = room.assumingMemoryBound(to: UInt8.self)
    at = start
  }

  /// How many bytes there are.
  var written: Int { at - start }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    at.pointee = byte
    at += 1
  }

  /// A number, of one to 20 digits.
  @inline(__always)
  mutating func put(_ value: UInt64) {
    put(value, digits: Self.digits(of: value))
  }

  @inline(__always)
  mutating func put(_ value: Int64) {
    if value < 0 { put(UInt8(ascii: "-")) }
    put(value.magnitude)
  }

  /// The last digits of a number, with zeros in front where it has fewer.
  @inline(__always)
  mutating func put(_ value: UInt64, digits: Int) {
    var rest = value
    var place = at + digits
    while place - at >= 2 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      place -= 2
      Self.put(pair: pair, at: place)
      rest = quotient
    }
    if place > at { at.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10) }
    at += digits
  }

  /// Two digits, of a number below 100.
  @inline(__always)
  mutating func put(pair: Int64) {
    Self.put(pair: UInt64(truncatingIfNeeded: pair), at: at)
    at += 2
  }

  /// By a multiplication in place of a division.
  @inline(__always)
  private static func put(pair: UInt64, at place: UnsafeMutablePointer<UInt8>) {
    let tens = (pair &* 103) >> 10
    place[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: tens)
    place[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair &- tens &* 10)
  }

  @inline(__always)
  private static func digits(of value: UInt64) -> Int {
    var digits = 1
    var rest = value
    while rest >= 10_000 {
      rest /= 10_000
      digits += 4
    }
    return digits + (rest >= 10 ? 1 : 0) + (rest >= 100 ? 1 : 0) + (rest >= 1000 ? 1 : 0)
  }
}
