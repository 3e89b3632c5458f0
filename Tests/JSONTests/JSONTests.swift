import Seeded
import Testing

@testable import JSON

// Not tested here: JSON texts that are longer than memory; how fast it is.

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The text as the scanner copies it, or its error.
private func copy(_ bytes: [UInt8]) -> Result<String, JSONError> {
  Result { () throws(JSONError) in
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
      var scanner = JSONScanner(UnsafeRawBufferPointer(buffer))
      var text = JSONText()
      try scanner.copyValue(to: &text)
      _ = try scanner.next()
      return String(decoding: text.bytes, as: UTF8.self)
    }
  }
}

/// Nothing, or the error with which the scanner passes over the text.
private func skip(_ bytes: [UInt8]) -> JSONError? {
  do throws(JSONError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
      var scanner = JSONScanner(UnsafeRawBufferPointer(buffer))
      try scanner.skipValue()
      _ = try scanner.next()
    }
    return nil
  } catch {
    return error
  }
}

@Suite struct `JSON` {
  @Test(arguments: goodJSON)
  func `is parsed, copied and skipped`(text: String, canonical: String) throws {
    let value = try JSONValue.parse(text)
    #expect(bytes(value.text) == bytes(canonical))
    #expect(try bytes(copy(bytes(text)).get()) == bytes(canonical))
    #expect(skip(bytes(text)) == nil)
    #expect(SlowParser.parse(bytes(text)).map { bytes($0.text) } == bytes(canonical))
    #expect(try JSONValue.parse(canonical) == value)
  }

  @Test(arguments: badJSON)
  func `is refused, with the byte and the reason`(text: String, offset: Int, reason: String) {
    let error = JSONError(offset: offset, reason: reason)
    #expect(throws: error) { try JSONValue.parse(text) }
    #expect(copy(bytes(text)) == .failure(error))
    #expect(skip(bytes(text)) == error)
    #expect(SlowParser.parse(bytes(text)) == nil)
  }

  @Test(arguments: badUTF8)
  func `that is not UTF-8 is refused, in strings and in names, wherever it stands`(bad: [UInt8]) throws {
    let good = Array(bad.prefix { $0 < 0x80 })
    for distance in 0..<20 {
      let before = Array(repeating: UInt8(ascii: "x"), count: distance)
      let offset = 1 + distance + good.count
      let string = bytes("\"") + before + bad + bytes("\"")
      #expect(throws: JSONError(offset: offset, reason: "invalid UTF-8")) { try JSONValue.parse(string) }
      #expect(throws: JSONError(offset: offset + 1, reason: "invalid UTF-8")) {
        try JSONValue.parse(bytes("{") + string + bytes(":1}"))
      }
      #expect(skip(string) == JSONError(offset: offset, reason: "invalid UTF-8"))
      #expect(skip(string.dropLast() + []) == JSONError(offset: offset, reason: "invalid UTF-8"))
    }
  }

  @Test func `takes every scalar in a string`() {
    let scalars = (UInt32(0x80)...0x10FFFF).lazy.compactMap { Unicode.Scalar($0) }
    #expect(skip(bytes("\"\(String(String.UnicodeScalarView(scalars)))\"")) == nil)
  }

  @Test func `with a bit of a scalar flipped is refused where that makes it no UTF-8`() {
    for value in stride(from: UInt32(0x80), through: 0x10FFFF, by: 1009) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = bytes("\"") + Array(String(scalar).utf8) + bytes("\"")
      for place in 1..<text.count - 1 {
        for bit in 0..<8 {
          var flipped = text
          flipped[place] ^= 1 << bit
          #expect((skip(flipped) == nil) == (SlowParser.parse(flipped) != nil), "\(flipped)")
        }
      }
    }
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
  func `nests as deep as 64 levels`(open: String) throws {
    let closers = ["[": "]", "{\"a\":": "}", "[{\"a\":": "}]"]
    let close = try #require(closers[open])
    let levels = close.count
    for depth in [1, 2, 31, 32, 63, 64, 65, 66, 128, 200, 100_000] {
      let times = depth / levels
      let text = String(repeating: open, count: times) + "1" + String(repeating: close, count: times)
      if times * levels <= 64 {
        #expect(throws: Never.self) { try JSONValue.parse(text) }
        #expect(skip(bytes(text)) == nil)
      } else {
        let reason = "nested deeper than 64 levels"
        #expect(throws: JSONError(offset: open.utf8.count * 64 / levels, reason: reason)) {
          try JSONValue.parse(text)
        }
        #expect(skip(bytes(text))?.reason == reason)
      }
    }
  }

  @Test func `nests less deep where that is asked for`() throws {
    #expect(try JSONValue.parse("[[1]]", maxDepth: 2) == .array([.array([1])]))
    #expect(throws: JSONError(offset: 1, reason: "nested deeper than 1 levels")) {
      try JSONValue.parse("[[1]]", maxDepth: 1)
    }
    #expect(try JSONValue.parse("1", maxDepth: 0) == 1)
  }

  @Test func `cut anywhere is refused, but for numbers`() {
    for (text, _) in goodJSON where text.utf8.count < 100 {
      let whole = bytes(text)
      for count in 0..<whole.count {
        let cut = Array(whole.prefix(count))
        #expect((skip(cut) == nil) == (SlowParser.parse(cut) != nil), "\(text) cut at \(count)")
      }
    }
  }
}

@Suite struct `A JSON value` {
  @Test func `gives the last of the members of one name`() throws {
    let value = try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#)
    #expect(value["a"] == 3)
    #expect(value["c"] == nil)
    #expect(JSONValue.null["a"] == nil)
  }

  @Test func `tells names apart by their bytes`() throws {
    let value = try JSONValue.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }
}

@Suite struct `Numbers as doubles` {
  @Test(arguments: [
    "0", "-0", "1", "-1", "0.1", "0.2", "0.3", "1.1", "8.5", "123456.789", "0.0000001", "9007199254740991",
    "9007199254740992", "9007199254740993", "562949953421311.9", "5629499534213119.9", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "1e22", "1e23", "1.7976931348623157e308", "4.9e-324",
    "1e-400",
    "2.2250738585072011e-308", "0.1234567890123456789", "123456789012345678901234567890", "1e0", "1E+2",
    "12e-2",
    "0.00000000000000000000001", "0.0000000000000000000001", "0e99999999999999999999",
    "5e-99999999999999999999",
    "7.0000000000000000000000000000000000000000", "0.000000000000000000000000000000000000000000000000",
  ])
  func `are the nearest ones`(text: String) throws {
    let expected = try #require(Double(text))
    let value = bytes(text).withUnsafeBytes { JSONNumber.double($0) }
    #expect(value.bitPattern == expected.bitPattern)
  }

  @Test(arguments: [
    "1e309", "-1e309", "1e400", "1.8e308", "1e99999999999999999999", String(repeating: "9", count: 400),
  ])
  func `are infinite where they are out of range`(text: String) {
    #expect(bytes(text).withUnsafeBytes { JSONNumber.double($0) }.isInfinite)
  }

  @Test func `agree with the standard library on many`() {
    var random = SeededRandom(5)
    for _ in 0..<20_000 {
      let digits = String(random.next() >> UInt64.random(in: 0..<64, using: &random))
      let fraction = String(random.next() >> UInt64.random(in: 0..<64, using: &random))
      let text = "\(Bool.random(using: &random) ? "-" : "")\(digits).\(fraction)"
      #expect(bytes(text).withUnsafeBytes { JSONNumber.double($0) } == Double(text))
    }
  }
}
