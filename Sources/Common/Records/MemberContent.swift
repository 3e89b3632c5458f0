internal import JSON

/// What one member of a record says, as the type of its field wants it.
///
/// Each function takes the member's value from the scanner, whatever it is, so that the scanner goes on behind it. What
/// can't be taken from the line as it stands is appended to `text`.
enum MemberContent {
  case null
  case bool(Bool)
  case number(Double)
  /// These bytes of the line, or of `text`.
  case line(Range<Int>)
  case text(Range<Int>)
  case fault(RecordFault)

  /// Of an id or a group: the bytes of a string, or the digits of a whole number.
  static func key(_ scanner: inout JSONScanner, _ text: inout JSONText) throws(JSONError) -> MemberContent {
    let token = try scanner.skipString() ? .string : try scanner.next()
    switch token {
    case .null: return .null
    case .string where scanner.isPlain:
      return RecordFault.ofKey(scanner.range.count).map { .fault($0) } ?? .line(scanner.range)
    case .string:
      let start = text.count
      text.append(unescaping: scanner.raw)
      return RecordFault.ofKey(text.count - start).map { .fault($0) } ?? .text(start..<text.count)
    case .number where WholeNumber.isCanonical(scanner.raw):
      return RecordFault.ofKey(scanner.range.count).map { .fault($0) } ?? .line(scanner.range)
    case .number:
      let start = text.count
      if let fault = WholeNumber.append(scanner.raw, to: &text) { return .fault(fault) }
      return .text(start..<text.count)
    default:
      try scanner.skipRest(of: token)
      return .fault(.notKey)
    }
  }

  /// Of a number field.
  static func number(_ scanner: inout JSONScanner) throws(JSONError) -> MemberContent {
    let token = try scanner.next()
    switch token {
    case .null: return .null
    case .number:
      let value = JSONNumber.double(scanner.raw)
      // Adding 0 makes 0 of -0.
      return value.isFinite ? .number(value + 0) : .fault(.outOfRange)
    default:
      try scanner.skipRest(of: token)
      return .fault(.notNumber)
    }
  }

  /// Of a stored field: canonical JSON.
  static func stored(_ scanner: inout JSONScanner, _ text: inout JSONText) throws(JSONError) -> MemberContent
  {
    let token = try scanner.next()
    switch token {
    case .null: return .null
    case .string where scanner.isCanonical: return .line(quoted(scanner.range))
    default:
      let start = text.count
      try scanner.copyValue(token, to: &text)
      return .text(start..<text.count)
    }
  }

  /// Of `_delete`. Null is what a column of most tables and CSV files has where nothing is deleted.
  static func flag(_ scanner: inout JSONScanner) throws(JSONError) -> MemberContent {
    let token = try scanner.next()
    switch token {
    case .true: return .bool(true)
    case .null: return .null
    case .false: return .bool(false)
    default:
      try scanner.skipRest(of: token)
      return .fault(.notBool)
    }
  }
}

extension MemberContent {
  /// Of a text or keyword field: a string as canonical JSON, or an array of strings. A keyword has a `longest`.
  static func words(
    _ scanner: inout JSONScanner, _ text: inout JSONText, longest: Int
  ) throws(JSONError) -> MemberContent {
    let token = try scanner.skipString() ? .string : try scanner.next()
    let start = text.count
    let fault: RecordFault?
    switch token {
    case .null: return .null
    // Without its escapes it is no longer than with them.
    case .string where scanner.isCanonical && scanner.range.count <= longest:
      return .line(quoted(scanner.range))
    case .beginArray: fault = try appendElements(&scanner, &text, longest: longest)
    default: fault = try appendWord(token, &scanner, &text, longest: longest)
    }
    return fault.map { .fault($0) } ?? .text(start..<text.count)
  }

  /// Gives the first fault of an element.
  private static func appendElements(
    _ scanner: inout JSONScanner, _ text: inout JSONText, longest: Int
  ) throws(JSONError) -> RecordFault? {
    var fault: RecordFault?
    var isFirst = true
    text.append(UInt8(ascii: "["))
    while true {
      let token = try scanner.next()
      if case .endArray = token { break }
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      let elementFault = try appendWord(token, &scanner, &text, longest: longest)
      fault = fault ?? elementFault
    }
    text.append(UInt8(ascii: "]"))
    return fault
  }

  private static func appendWord(
    _ token: JSONToken, _ scanner: inout JSONScanner, _ text: inout JSONText, longest: Int
  ) throws(JSONError) -> RecordFault? {
    switch token {
    case .string:
      guard scanner.length(in: &text) <= longest else { return .tooLong }
      text.append(quoting: scanner.raw, isCanonical: scanner.isCanonical)
    case .number:
      guard scanner.range.count <= longest else { return .tooLong }
      text.append(quoting: scanner.raw, isCanonical: true)
    case .true: text.append("\"true\"")
    case .false: text.append("\"false\"")
    default:
      try scanner.skipRest(of: token)
      return .notWords
    }
    return nil
  }

  /// A string with its quotes.
  private static func quoted(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound - 1..<range.upperBound + 1
  }
}

extension JSONScanner {
  /// The length of the last string in bytes without its escapes; it is put into `text` for a moment.
  fileprivate borrowing func length(in text: inout JSONText) -> Int {
    if isPlain { return range.count }
    let start = text.count
    text.append(unescaping: raw)
    let length = text.count - start
    text.truncate(to: start)
    return length
  }
}
