internal import JSON

/// Whole records of CSV, as NDJSON: each is a line, followed by as many empty ones as it has lines beyond its first.
struct CSVPiece: RecordPiece {
  private static let blockSize = 256 << 10

  let bytes: [UInt8]
  let header: CSVHeader
  let delimiter: UInt8
  /// Where the records begin: behind the header, which took so many lines.
  let start: Int
  let headerLines: Int
  /// Whether the file goes on, and the piece's only record is longer than a record may be.
  let isTooLong: Bool

  var size: Int { bytes.count }

  func read(_ take: (PieceContent) -> Bool) throws(RecordError) {
    var result: RecordError?
    bytes.withUnsafeBytes { bytes in
      var reading = CSVReading(CSVFields(bytes, delimiter: delimiter, from: start), header, headerLines)
      do throws(RecordError) {
        while try reading.block(Self.blockSize, take) {}
      } catch { result = error }
    }
    if isTooLong, case .unreadable(let line, CSVFields.Fault.unclosed.reason) = result {
      result = .unreadable(line: line, reason: CSVReading.tooLong)
    } else if isTooLong, result == nil {
      result = .unreadable(line: headerLines + 1, reason: CSVReading.tooLong)
    }
    if let result { throw result }
  }
}

/// A piece that is being read.
struct CSVReading: ~Copyable {
  static let tooLong = "a record longer than 16 MiB; or a quote is not closed"
  static let looseReturn = "a carriage return outside quotes"

  private var fields: CSVFields
  private let header: CSVHeader
  private var text = CSVText()
  /// The lines before what comes next.
  private var lines: Int

  init(_ fields: consuming CSVFields, _ header: CSVHeader, _ headerLines: Int) {
    self.fields = fields
    self.header = header
    lines = headerLines
    text.append(repeating: CSVDialect.newline, count: headerLines)
  }

  /// Hands over one block; whether another one follows.
  mutating func block(_ size: Int, _ take: (PieceContent) -> Bool) throws(RecordError) -> Bool {
    while !fields.isAtEnd, text.count < size {
      if fields.skipEmptyLine() {
        text.append(CSVDialect.newline)
        lines += 1
        continue
      }
      let reason: String?
      do throws(RecordError) { reason = try record() } catch {
        _ = take(.lines(text.bytes))
        throw error
      }
      guard let reason else { continue }
      guard take(.lines(text.bytes)), take(.malformed(line: lines + 1, reason: reason)) else { return false }
      text.truncate(to: 0)
      endRecord()
    }
    guard take(.lines(text.bytes)) else { return false }
    text.truncate(to: 0)
    return !fields.isAtEnd
  }
}

extension CSVReading {
  /// Appends the next record with its newlines; or takes it back, and says why it is none.
  private mutating func record() throws(RecordError) -> String? {
    let (start, first) = (text.count, fields.position)
    fields.beginRecord()
    let reason: String?
    do throws(CSVFields.Fault) { reason = try appendRecord() } catch {
      text.truncate(to: start)
      throw .unreadable(line: lines + 1, reason: error.reason)
    }
    guard fields.position - first <= LineReader.longest else {
      text.truncate(to: start)
      throw .unreadable(line: lines + 1, reason: Self.tooLong)
    }
    if reason == nil { endRecord() } else { text.truncate(to: start) }
    return reason
  }

  private mutating func endRecord() {
    text.append(repeating: CSVDialect.newline, count: fields.quotedLines + 1)
    lines += fields.quotedLines + 1
  }

  /// All fields of the record are read, whatever is wrong with it.
  private mutating func appendRecord() throws(CSVFields.Fault) -> String? {
    let start = text.count
    var count = 0
    var end = CSVFields.End.field
    while case .field = end {
      end = try appendField(count)
      count += 1
    }
    if fields.hasLooseReturn { return Self.looseReturn }
    guard count == header.columns.count else {
      return
        "it has \(count) \(count == 1 ? "field" : "fields"), and \(header.source) \(header.columns.count)"
    }
    if text.count == start { text.append("{") } else { text.replace(at: start, by: UInt8(ascii: "{")) }
    text.append("}")
    return nil
  }

  @inline(__always)
  private mutating func appendField(_ number: Int) throws(CSVFields.Fault) -> CSVFields.End {
    guard number < header.columns.count, let kind = header.columns[number].kind else {
      return try fields.skip()
    }
    header.columns[number].member.withUnsafeBytes { text.append($0) }
    if case .string = kind { return try fields.next(into: &text) }
    let start = text.count
    let end = try fields.next(into: &text)
    if Self.standsForItself(text.string(from: start), kind) { text.unquote(from: start) }
    return end
  }

  /// Whether a string is what JSON has without quotes.
  private static func standsForItself(_ bytes: UnsafeRawBufferPointer, _ kind: RecordColumns.Kind) -> Bool {
    switch kind {
    case .string: return false
    case .flag: return bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8)
    case .number:
      var scanner = JSONScanner(bytes)
      guard case .number? = try? scanner.next() else { return false }
      return scanner.range == 0..<bytes.count
    }
  }
}
