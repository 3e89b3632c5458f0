/// What is wrong with one member of a record.
enum RecordFault {
  /// The most bytes of an id, a group or a keyword, as in Lucene.
  static let longestKey = 32_766

  case notKey, empty, tooLong
  case notWords, notNumber, outOfRange
  case notBool

  /// What is wrong with an id or a group of `count` bytes.
  static func ofKey(_ count: Int) -> RecordFault? {
    count == 0 ? .empty : count > longestKey ? .tooLong : nil
  }

  func reason(_ member: String) -> String {
    switch self {
    case .notKey: "'\(member)' must be a string or a whole number"
    case .empty: "'\(member)' is empty"
    case .tooLong: "'\(member)' is longer than \(Self.longestKey) bytes"
    case .notWords: "'\(member)' must be a string, a number, true or false, or an array of these"
    case .notNumber: "'\(member)' must be a number"
    case .outOfRange: "'\(member)' is out of range"
    case .notBool: "'\(member)' must be true or false"
    }
  }
}
