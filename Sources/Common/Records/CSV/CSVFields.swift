internal import CCSV

/// The fields of records, one after the other, strictly as RFC 4180 has them, but that a line may also end with a bare
/// newline: quotes stand around whole fields or, doubled, in such.
struct CSVFields: ~Copyable {
  /// What follows a field.
  enum End { case field, record }

  /// What is wrong with a record. Where a quote is wrong nobody knows where the record ends.
  enum Fault: Error {
    case stray, unclosed, closedEarly, notText

    var reason: String {
      switch self {
      case .stray: "a quote in a field that doesn't begin with one"
      case .unclosed: "a quote is not closed"
      case .closedEarly: "something follows the quote that ends a field"
      case .notText: "not UTF-8"
      }
    }
  }

  let bytes: UnsafeRawBufferPointer
  private let delimiter: UInt8
  private(set) var position: Int
  /// How many newlines were passed over in quotes, and whether there was a carriage return outside of any that ends no line:
  /// in the record that is being read.
  private(set) var quotedLines = 0
  private(set) var hasLooseReturn = false

  init(_ bytes: UnsafeRawBufferPointer, delimiter: UInt8, from position: Int = 0) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func beginRecord() { (quotedLines, hasLooseReturn) = (0, false) }

  /// Passes over an empty line, where one comes next.
  mutating func skipEmptyLine() -> Bool {
    let isReturn = position + 1 < bytes.count && bytes[position] == CSVDialect.carriageReturn
    let newline = isReturn ? position + 1 : position
    guard newline < bytes.count, bytes[newline] == CSVDialect.newline else { return false }
    position = newline + 1
    return true
  }

  /// Appends the field that comes next as JSON: `null` where it is empty and has no quotes, else a string.
  @inline(__always)
  mutating func next(into text: inout CSVText) throws(Fault) -> End {
    guard let base = bytes.baseAddress, position < bytes.count else {
      text.append("null")
      return .record
    }
    if bytes[position] == CSVDialect.quote { return try quoted(into: &text) }
    let start = text.count
    text.append(CSVDialect.quote)
    while true {
      position += text.append(upTo: delimiter, from: base + position, bytes.count - position)
      guard position < bytes.count else { break }
      let byte = bytes[position]
      if byte == delimiter || byte == CSVDialect.newline { break }
      if byte == CSVDialect.quote { throw .stray }
      if byte == CSVDialect.carriageReturn {
        if isLineEnd { break }
        hasLooseReturn = true
      }
      text.append(escaped: byte)
      position += 1
    }
    if text.count == start + 1 {
      text.truncate(to: start)
      text.append("null")
    } else {
      text.append(CSVDialect.quote)
    }
    return end()
  }

  /// Passes over the field that comes next.
  @inline(__always)
  mutating func skip() throws(Fault) -> End {
    guard let base = bytes.baseAddress, position < bytes.count else { return .record }
    if bytes[position] == CSVDialect.quote { return try skipQuoted() }
    while true {
      position += ccsv_skip(base + position, bytes.count - position, delimiter)
      guard position < bytes.count else { return .record }
      if bytes[position] == CSVDialect.quote { throw .stray }
      guard bytes[position] == CSVDialect.carriageReturn, !isLineEnd else { return end() }
      hasLooseReturn = true
      position += 1
    }
  }

  private mutating func quoted(into text: inout CSVText) throws(Fault) -> End {
    guard let base = bytes.baseAddress else { return .record }
    text.append(CSVDialect.quote)
    position += 1
    while true {
      position += text.append(upTo: CSVDialect.quote, from: base + position, bytes.count - position)
      guard position < bytes.count else { throw .unclosed }
      let byte = bytes[position]
      position += 1
      if byte == CSVDialect.quote {
        guard position < bytes.count, bytes[position] == CSVDialect.quote else { break }
        position += 1
      }
      if byte == CSVDialect.newline { quotedLines += 1 }
      text.append(escaped: byte)
    }
    text.append(CSVDialect.quote)
    return try endOfQuoted()
  }

  private mutating func skipQuoted() throws(Fault) -> End {
    position += 1
    while true {
      guard position < bytes.count else { throw .unclosed }
      let byte = bytes[position]
      position += 1
      if byte == CSVDialect.newline { quotedLines += 1 }
      guard byte == CSVDialect.quote else { continue }
      guard position < bytes.count, bytes[position] == CSVDialect.quote else { break }
      position += 1
    }
    return try endOfQuoted()
  }

  private mutating func endOfQuoted() throws(Fault) -> End {
    guard position < bytes.count else { return .record }
    let byte = bytes[position]
    guard byte == delimiter || byte == CSVDialect.newline || byte == CSVDialect.carriageReturn && isLineEnd
    else { throw .closedEarly }
    return end()
  }

  /// Whether the carriage return here is the first half of a line's end.
  private var isLineEnd: Bool { position + 1 < bytes.count && bytes[position + 1] == CSVDialect.newline }

  /// Passes over what stands between two fields, or between two records.
  @inline(__always)
  private mutating func end() -> End {
    guard position < bytes.count else { return .record }
    if bytes[position] == delimiter {
      position += 1
      return .field
    }
    position += bytes[position] == CSVDialect.newline ? 1 : 2
    return .record
  }
}
