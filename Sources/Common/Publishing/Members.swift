internal import Bytes
internal import Failures
internal import JSON
internal import Partitions

/// Reads the members of one of our JSON files; what is missing or wrong is a failure (65) that names the file.
struct Members {
  let file: String
  let json: JSONValue

  /// Numbers that every reader of JSON keeps exactly, and with room to count on.
  static let largest = 1 << 53

  func damaged(_ reason: String) -> Failure { Failure(.badData, cannot: "read", file, because: reason) }

  func text(_ key: String) throws(Failure) -> String {
    guard let text = json[key]?.string else { throw damaged("\(key) is missing, or is no string") }
    return text
  }

  func count(_ key: String) throws(Failure) -> Int {
    guard let number = json[key]?.integer, (0..<Self.largest).contains(number) else {
      throw damaged("\(key) is missing, or is no count")
    }
    return number
  }

  func hex(_ key: String, digits: Int) throws(Failure) -> String {
    let text = try text(key)
    guard Hex.isWritten(text, digits: digits) else {
      throw damaged("\(key) is not of \(digits) hexadecimal digits")
    }
    return text
  }

  /// RFC 3339 as the lines have it, or empty.
  func time(_ key: String) throws(Failure) -> String {
    let text = try text(key)
    guard text.isEmpty || Instant(line: text) != nil else { throw damaged("\(key) is no time") }
    return text
  }

  /// Nil where it is null.
  func optional(_ key: String) throws(Failure) -> Members? {
    guard let value = json[key] else { throw damaged("\(key) is missing") }
    return value == .null ? nil : Members(file: file, json: value)
  }

  func format(upTo known: Int) throws(Failure) {
    let format = try count("format")
    guard format <= known else {
      throw damaged("its format is \(format), and this version of freshet reads up to \(known)")
    }
  }

  static func parse(_ bytes: [UInt8], file: String) throws(Failure) -> Members {
    do throws(JSONError) { return Members(file: file, json: try JSONValue.parse(bytes)) } catch {
      throw Failure(.badData, cannot: "read", file, because: "\(error.reason) at byte \(error.offset)")
    }
  }
}
