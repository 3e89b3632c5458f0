/// How the fields of a record are told apart: RFC 4180, with any one byte in the place of the comma.
enum CSVDialect {
  static let quote = UInt8(ascii: "\"")
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
