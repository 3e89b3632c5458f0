import Bytes
import JSON
import Seeded
import Testing

@testable import Parquet

// Not tested here: how values come out of files (RowsTests, RowsNestedTests).

private func text(_ write: (inout JSONText) -> Void) -> String {
  var text = JSONText()
  write(&text)
  return String(decoding: text.bytes, as: UTF8.self)
}

private func bytes(_ values: [UInt8], _ write: (inout JSONText, UnsafeRawBufferPointer) -> Void) -> String {
  text { text in values.withUnsafeBytes { write(&text, $0) } }
}

@Suite struct `Numbers of Parquet as JSON` {
  @Test func `are the digits of integers up to both ends`() {
    let numbers: [Int64] = [0, 1, -1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 123_456_789, .max, .min]
    for number in numbers { #expect(text { $0.append(number) } == String(number)) }
    for number: UInt64 in [0, 10, 1 << 63, .max] { #expect(text { $0.append(number) } == String(number)) }
    var power: UInt64 = 1
    for _ in 0..<19 {
      power *= 10
      for number in [power - 1, power, power + 1] { #expect(text { $0.append(number) } == String(number)) }
    }
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1, "1.0"), (-2.5, "-2.5"), (12.3, "12.3"), (0.07, "0.07"),
    (-0.01, "-0.01"), (0.001, "0.001"), (0.005, "0.005"), (1e-5, "1e-05"), (1e15, "1000000000000000.0"),
    (1e22, "1e+22"), (9_999_999_999_999.99, "9999999999999.99"), (.leastNonzeroMagnitude, "5e-324"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.nan, "null"), (.infinity, "null"),
    (-.infinity, "null"), (0.30000000000000004, "0.30000000000000004"),
  ])
  func `are doubles with the fewest digits`(value: Double, json: String) {
    #expect(text { $0.append(value) } == json)
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (0.0, "0.0"), (-0.0, "-0.0"), (3.4028235e38, "3.4028235e+38"),
      (.leastNonzeroMagnitude, "1e-45"),
      (16_777_216, "16777216.0"), (9999.99, "9999.99"), (0.3, "0.3"), (.nan, "null"), (-.infinity, "null"),
    ] as [(Float, String)])
  func `are floats with the fewest digits`(value: Float, json: String) {
    #expect(text { $0.append(value) } == json)
  }

  @Test func `are what Swift says of floating point of any kind, and can be read again`() throws {
    var random = SeededRandom(2)
    for round in 0..<Sample.rounds(quick: 5000, full: 200_000, long: 5_000_000) {
      var double = Double(bitPattern: random.next())
      let short = Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &random))
      if round % 4 == 1 { double = short / 100 }
      if round % 4 == 2 { double = (short / 100).nextUp }
      if round % 4 == 3 { double = short / 1000 }
      let float =
        round % 2 == 0 ? Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) : Float(double / 10_000)
      #expect(text { $0.append(double) } == (double.isFinite ? double.description : "null"))
      #expect(text { $0.append(float) } == (float.isFinite ? float.description : "null"))
      if double.isFinite { #expect(try JSONValue.parse(double.description) == .number(double.description)) }
    }
  }

  @Test func `are halves, of two bytes`() {
    for (half, json) in [
      (0x2E66, "0.1"), (0x7BFF, "65504.0"), (0x0001, "6e-08"), (0x8000, "-0.0"), (0x7E00, "null"),
    ] {
      #expect(text { $0.append(floating: Float16(bitPattern: UInt16(half))) } == json)
    }
  }
}

@Suite struct `Decimals of Parquet as JSON` {
  @Test(
    arguments: [
      (0, 0, "0"), (0, 2, "0.00"), (1230, 2, "12.30"), (-1230, 2, "-12.30"), (5, 2, "0.05"), (-5, 2, "-0.05"),
      (7, 0, "7"), (-7, 0, "-7"), (100, 3, "0.100"), (.max, 18, "9.223372036854775807"),
      (.min, 0, "-9223372036854775808"), (.min, 19, "-0.9223372036854775808"),
      (1, 76, "0.0000000000000000000000000000000000000000000000000000000000000000000000000001"),
    ] as [(Int64, Int, String)])
  func `have all the digits behind the point`(unscaled: Int64, scale: Int, json: String) {
    #expect(text { $0.append(decimal: WideInteger(unscaled), scale: scale) } == json)
    for length in 8...40 {
      #expect(
        bytes(Self.bigEndian(unscaled, length)) { $0.append(decimal: WideInteger($1)!, scale: scale) } == json
      )
    }
  }

  @Test func `of bytes agree with long multiplication`() {
    var random = SeededRandom(3)
    for _ in 0..<Sample.rounds(quick: 2000, full: 20_000, long: 200_000) {
      let number = (0..<Int.random(in: 1...32, using: &random)).map { _ in
        [0, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)!
      }
      let scale = Int.random(in: 0...76, using: &random)
      #expect(
        bytes(number) { $0.append(decimal: WideInteger($1)!, scale: scale) } == Self.slow(number, scale))
    }
  }

  @Test func `of no bytes, or of more than 256 bits, are refused`() {
    func isRead(_ number: [UInt8]) -> Bool { number.withUnsafeBytes { WideInteger($0) != nil } }
    #expect(!isRead([]))
    #expect(isRead([UInt8](repeating: 0, count: 1000)) && isRead([UInt8](repeating: 0xFF, count: 1000)))
    #expect(isRead([0] + [UInt8](repeating: 0xFF, count: 32)))
    #expect(!isRead([1] + [UInt8](repeating: 0, count: 32)))
    #expect(!isRead([0xFF] + [UInt8](repeating: 0, count: 32)))
    #expect(!isRead([0xFE] + [UInt8](repeating: 0, count: 32)))
  }

  private static func bigEndian(_ number: Int64, _ length: Int) -> [UInt8] {
    let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
    return [UInt8](repeating: number < 0 ? 0xFF : 0, count: length - 8) + bytes
  }

  /// Digit by digit: the magnitude is that of the bytes, or of 2^n less that.
  private static func slow(_ bytes: [UInt8], _ scale: Int) -> String {
    let isNegative = bytes[0] >= 0x80
    var digits = [0]
    for byte in bytes { multiply(&digits, by: 256, adding: isNegative ? 255 - Int(byte) : Int(byte)) }
    if isNegative { multiply(&digits, by: 1, adding: 1) }
    while digits.count > 1, digits.last == 0 { digits.removeLast() }
    while digits.count <= scale { digits.append(0) }
    var text = digits.reversed().map(String.init).joined()
    if scale > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -scale)) }
    return (isNegative ? "-" : "") + text
  }

  private static func multiply(_ digits: inout [Int], by factor: Int, adding: Int) {
    var carry = adding
    for index in digits.indices {
      carry += digits[index] * factor
      digits[index] = carry % 10
      carry /= 10
    }
    while carry > 0 {
      digits.append(carry % 10)
      carry /= 10
    }
  }
}

@Suite struct `Times of Parquet as JSON` {
  @Test(
    arguments: [
      (0, "1970-01-01"), (-1, "1969-12-31"), (20_577, "2026-05-04"), (-719_162, "0001-01-01"),
      (-719_163, "0000-12-31"), (-719_528, "0000-01-01"), (-719_529, "-0001-12-31"),
      (2_932_896, "9999-12-31"),
      (2_932_897, "+10000-01-01"), (11_016, "2000-02-29"), (.max, "+5881580-07-11"), (.min, "-5877641-06-23"),
    ] as [(Int32, String)])
  func `are dates of any year`(days: Int32, date: String) {
    #expect(text { $0.append(date: days) } == "\"\(date)\"")
  }

  @Test func `are the dates that one comes to by counting`() {
    var date = CivilTime(days: 0)
    (date.year, date.month, date.day) = (1600, 1, 1)
    var random = SeededRandom(4)
    for days in Int64(-135_140)..<157_054 {
      #expect(CivilTime(days: days) == date)
      // The calendar is the same every 400 years, which are 146,097 days.
      let cycles = Int64.random(in: -7_000_000...7_000_000, using: &random)
      var far = date
      far.year += 400 * cycles
      #expect(CivilTime(days: days + 146_097 * cycles) == far)
      date = Self.next(date)
    }
    #expect(date.year == 2400)
  }

  private static func next(_ date: CivilTime) -> CivilTime {
    var next = date
    let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    next.day += 1
    if next.day > lengths[Int(date.month) - 1] { (next.month, next.day) = (date.month + 1, 1) }
    if next.month > 12 { (next.year, next.month) = (date.year + 1, 1) }
    return next
  }

  @Test(
    arguments: [
      (1_777_889_100_000, .milliseconds, "2026-05-04T10:05:00"),
      (1, .milliseconds, "1970-01-01T00:00:00.001"),
      (-1, .milliseconds, "1969-12-31T23:59:59.999"), (-1, .microseconds, "1969-12-31T23:59:59.999999"),
      (-1, .nanoseconds, "1969-12-31T23:59:59.999999999"),
      (120_000, .microseconds, "1970-01-01T00:00:00.120"),
      (120_000, .nanoseconds, "1970-01-01T00:00:00.000120"),
      (100, .nanoseconds, "1970-01-01T00:00:00.000000100"),
      (.max, .milliseconds, "+292278994-08-17T07:12:55.807"),
      (.min, .milliseconds, "-292275055-05-16T16:47:04.192"),
      (.max, .microseconds, "+294247-01-10T04:00:54.775807"),
      (.min, .microseconds, "-290308-12-21T19:59:05.224192"),
      (.max, .nanoseconds, "2262-04-11T23:47:16.854775807"),
      (.min, .nanoseconds, "1677-09-21T00:12:43.145224192"),
    ] as [(Int64, TimeUnit, String)])
  func `are timestamps of any unit, with the digits that they need`(
    value: Int64, unit: TimeUnit, time: String
  ) {
    #expect(text { $0.append(timestamp: value, unit, isUTC: false) } == "\"\(time)\"")
    #expect(text { $0.append(timestamp: value, unit, isUTC: true) } == "\"\(time)Z\"")
  }

  @Test(
    arguments: [
      (0, .milliseconds, "00:00:00"), (86_399_999, .milliseconds, "23:59:59.999"),
      (86_400_000, .milliseconds, "24:00:00"),
      (36_300_000_000, .microseconds, "10:05:00"),
      (1000, .microseconds, "00:00:00.001"), (86_399_999_999_999, .nanoseconds, "23:59:59.999999999"),
      (1, .nanoseconds, "00:00:00.000000001"),
    ] as [(Int64, TimeUnit, String)])
  func `are times of a day`(value: Int64, unit: TimeUnit, time: String) {
    var reason: String?
    #expect(text { reason = $0.append(time: value, unit) } == "\"\(time)\"")
    #expect(reason == nil)
  }

  @Test(
    arguments: [
      (-1, .milliseconds), (86_400_001, .milliseconds), (86_400_000_001, .microseconds), (.min, .nanoseconds),
      (.max, .nanoseconds),
    ] as [(Int64, TimeUnit)])
  func `are refused beyond the day`(value: Int64, unit: TimeUnit) {
    var reason: String?
    #expect(text { reason = $0.append(time: value, unit) } == "")
    #expect(reason == "\(value) \(unit) are no time of a day")
  }

  @Test(
    arguments: [
      (0, 2_440_588, 0, 0), (0, 2_440_589, 86_400, 0), (1, 2_440_587, -86_400, 1),
      (-1, 2_440_588, -1, 999_999_999),
      (86_400_000_000_001, 2_440_588, 86_400, 1), (0, .min, (-2_147_483_648 - 2_440_588) * 86_400, 0),
      (.max, .max, (2_147_483_647 - 2_440_588) * 86_400 + 9_223_372_036, 854_775_807),
    ] as [(Int64, Int32, Int64, Int64)])
  func `are of any Julian day`(nanoseconds: Int64, day: Int32, seconds: Int64, rest: Int64) {
    let bits = UInt64(bitPattern: nanoseconds)
    let value = Int96(low: UInt32(truncatingIfNeeded: bits), middle: UInt32(bits >> 32), julianDay: day)
    #expect(value.time == (seconds, rest))
  }
}

@Suite struct `Bytes of Parquet as JSON` {
  @Test func `are UUIDs and intervals`() {
    let uuid = "00112233-4455-6677-8899-aabbccddeeff"
    #expect(bytes((0..<16).map { UInt8($0 * 17) }) { $0.append(uuid: $1) } == "\"\(uuid)\"")
    let interval: [UInt8] = [1, 0, 0, 0, 0, 1, 0, 0, 255, 255, 255, 255]
    let json = #"{"months":1,"days":256,"milliseconds":4294967295}"#
    #expect(bytes(interval) { $0.append(interval: $1) } == json)
  }

  @Test(
    arguments: [
      ([], "\"\""), (Array("é\n".utf8), "\"é\\n\""), ([0xFF], "\"/w==\""), ([0xFF, 0xFE, 0xFD], "\"//79\""),
      ([0], "\"\\u0000\""),
      ([0xED, 0xA0, 0x80], "\"7aCA\""),
    ] as [([UInt8], String)])
  func `without a meaning are strings where they can be, else base64`(value: [UInt8], json: String) {
    #expect(bytes(value) { $0.append(binary: $1) } == json)
  }

  @Test func `are in base64 of any length`() {
    for length in 1..<100 {
      let value = (0..<length).map { UInt8(truncatingIfNeeded: 255 - $0 * 7) }
      #expect(bytes(value) { $0.append(binary: $1) } == "\"\(Base64.encode(value))\"")
    }
  }

  @Test(arguments: [
    (#"{"a" : [1, 2.50, null]}"#, #"{"a":[1,2.50,null]}"#), ("\"\\u00e9\\/\"", "\"é/\""), (" 1e5 ", "1e5"),
    ("", "\"\""),
    ("{broken", "\"{broken\""), ("1 2", "\"1 2\""), ("[[1]]", "[[1]]"), ("[[[1]]]", "\"[[[1]]]\""),
  ])
  func `are JSON documents as such, where they are`(value: String, json: String) {
    #expect(bytes(Array(value.utf8)) { $0.append(document: $1, maxDepth: 2) } == json)
  }
}
