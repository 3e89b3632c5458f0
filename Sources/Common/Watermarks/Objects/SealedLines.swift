internal import Bytes
internal import Failures
internal import JSON
internal import Partitions

// Every object that a watermark store keeps in a bucket is lines of JSON, the first of which tells its format; the last
// closes it with the SHA-256 of all bytes before:
//
//     {"format":1, ...}
//     ...
//     {"checksum":"<64 hex>"}

/// What can be read from such lines.
protocol SealedObject: Sendable {
  /// What a person can do about one that is damaged.
  static var remedy: String { get }

  init(_ lines: SealedLines) throws(Failure)
}

/// The lines of an object that is whole, without the last.
struct SealedLines {
  static let format = 1
  /// Bytes of the largest object.
  static let largest = 1 << 20

  private static func seal(_ digest: String) -> [UInt8] { Array("{\"checksum\":\"\(digest)\"}\n".utf8) }

  static func bytes(_ lines: [JSONValue]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      line.write(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes + seal(SHA256.hex(bytes))
  }

  let file: String
  private let remedy: String
  private let lines: [ArraySlice<UInt8>]

  /// 65 for what is damaged, whichever byte it is, and for a format that is newer.
  init(_ bytes: [UInt8], file: String, remedy: String) throws(Failure) {
    (self.file, self.remedy) = (file, remedy)
    let body = bytes.dropLast(Self.seal(SHA256.hex([])).count)
    guard bytes.suffix(from: body.endIndex).elementsEqual(Self.seal(SHA256.hex(Array(body)))) else {
      lines = []
      throw damaged("its checksum does not fit: it is damaged")
    }
    lines = body.split(separator: UInt8(ascii: "\n"))
    let format = try first.needed("format", try first.count("format"))
    guard format == Self.format else {
      throw Failure(
        .badData, cannot: "read", file,
        because: "its format is \(format), and this version of freshet reads \(Self.format)")
    }
  }

  var first: ObjectFields { get throws(Failure) { try fields(0) } }

  /// What follows the first line.
  var rest: Range<Int> { 1..<max(lines.count, 1) }

  func fields(_ index: Int) throws(Failure) -> ObjectFields {
    guard lines.indices.contains(index) else { throw damaged("it has no line \(index + 1)") }
    do throws(JSONError) {
      return ObjectFields(json: try JSONValue.parse(Array(lines[index])), lines: self)
    } catch {
      throw damaged("its line \(index + 1) is no JSON: \(error.reason)")
    }
  }

  func damaged(_ reason: String) -> Failure {
    Failure(.badData, cannot: "read", file, because: "\(reason); \(remedy)")
  }
}

/// Members of one line, each checked before anything is made of it; nil where it is null, or not there.
struct ObjectFields {
  let json: JSONValue
  let lines: SealedLines

  func text(_ key: String) throws(Failure) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string else { throw wrong(key) }
    return text
  }

  func integer(_ key: String) throws(Failure) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.integer else { throw wrong(key) }
    return number
  }

  /// 0 or more; below 2^53, so that there is room to count on.
  func count(_ key: String) throws(Failure) -> Int? {
    guard let number = try integer(key) else { return nil }
    guard (0..<1 << 53).contains(number) else { throw wrong(key) }
    return number
  }

  func instant(_ key: String) throws(Failure) -> Instant? {
    guard let text = try text(key) else { return nil }
    guard let instant = Instant(line: text) else { throw wrong(key) }
    return instant
  }

  /// `TIME@N`, or `TIME`.
  func position(_ key: String) throws(Failure) -> Position? {
    guard let text = try text(key) else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2, let time = Instant(line: parts[0]) else { throw wrong(key) }
    guard parts.count == 2 else { return Position(time: time, generation: nil) }
    guard let generation = Int(parts[1]), generation >= 0 else { throw wrong(key) }
    return Position(time: time, generation: generation)
  }

  /// A random id, as `RandomID` draws them.
  func id(_ key: String) throws(Failure) -> String {
    let text = try needed(key, try text(key))
    guard Hex.isWritten(text, digits: 32) else { throw wrong(key) }
    return text
  }

  func object(_ key: String) -> ObjectFields? {
    value(key).map { ObjectFields(json: $0, lines: lines) }
  }

  func needed<T>(_ key: String, _ value: T?) throws(Failure) -> T {
    guard let value else { throw wrong(key) }
    return value
  }

  func wrong(_ key: String) -> Failure {
    lines.damaged("its member '\(key)' is missing, or none that it can be")
  }

  private func value(_ key: String) -> JSONValue? { json[key].flatMap { $0 == .null ? nil : $0 } }
}

extension JSONValue {
  /// An object of what is not nil.
  static func members(_ members: [(key: String, value: JSONValue?)]) -> JSONValue {
    .object(members.compactMap { member in member.value.map { .init(member.key, $0) } })
  }

  static func text(_ text: (some CustomStringConvertible)?) -> JSONValue? {
    text.map { .string($0.description) }
  }

  static func integer(_ number: Int?) -> JSONValue? { number.map { .number($0) } }
}
