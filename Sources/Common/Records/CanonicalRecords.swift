package import JSON

/// Lines as records in one spelling: canonical JSON, each on a line. Blank lines are passed over.
package struct CanonicalRecords: ~Copyable {
  private var lines: LineReader
  private let selection: Selection
  private let hasOwnLines: Bool
  private let isCanonical: Bool

  /// The members that are wanted.
  private enum Selection: ~Copyable {
    case all
    case some(MemberNames)
  }

  /// Only the members of these names are wanted, all where it is nil. They have the order of the record, and where one comes
  /// twice it is given twice. Lines that are canonical have those members alone.
  package init(selecting names: [String]?, hasOwnLines: Bool, isCanonical: Bool) {
    lines = LineReader(lines: UnsafeRawBufferPointer(start: nil, count: 0), hasOwnLines: hasOwnLines)
    selection = if let names, !isCanonical { .some(MemberNames(names)) } else { .all }
    self.hasOwnLines = hasOwnLines
    self.isCanonical = isCanonical
  }

  /// Goes on with other lines, which must stay where they lie until all were read.
  package mutating func go(on lines: UnsafeRawBufferPointer) { self.lines.go(on: lines) }

  /// How many lines were read.
  package var line: Int { lines.number }

  /// Appends the next record with its newline; false at the end. What is no record throws `malformed`, and the next call goes
  /// on behind it.
  package mutating func next(into text: inout JSONText) throws(RecordError) -> Bool {
    while let line = try lines.next() {
      if RecordReader.isBlank(line) { continue }
      guard RecordParser.isObject(line) else {
        throw .malformed(line: lines.number, reason: "not a JSON object")
      }
      if isCanonical, Self.isASCII(line) {
        text.append(line)
        text.append(0x0A)
        return true
      }
      let start = text.count
      do throws(JSONError) { try append(line, to: &text) } catch {
        text.truncate(to: start)
        let reason = hasOwnLines ? "byte \(error.offset): \(error.reason)" : error.reason
        throw .malformed(line: lines.number, reason: reason)
      }
      text.append(0x0A)
      return true
    }
    return false
  }

  private static func isASCII(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.count >= 8 else { return line.allSatisfy { $0 < 0x80 } }
    // The last word may have bytes of the one before it.
    var all = line.loadUnaligned(fromByteOffset: line.count - 8, as: UInt64.self)
    for offset in stride(from: 0, to: line.count - 8, by: 8) {
      all |= line.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    return all & 0x8080_8080_8080_8080 == 0
  }

  private mutating func append(_ line: UnsafeRawBufferPointer, to text: inout JSONText) throws(JSONError) {
    var scanner = JSONScanner(line)
    switch selection {
    case .all: try scanner.copyValue(to: &text)
    case .some(let names): try append(names, of: &scanner, to: &text)
    }
    // Nothing may follow.
    _ = try scanner.next()
  }

  private func append(
    _ names: borrowing MemberNames, of scanner: inout JSONScanner, to text: inout JSONText
  ) throws(JSONError) {
    _ = try scanner.next()
    var isFirst = true
    text.append(UInt8(ascii: "{"))
    while case .name = try scanner.next() {
      guard Self.isWanted(scanner.raw, isPlain: scanner.isPlain, names) else {
        try scanner.skipValue()
        continue
      }
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      text.append(quoting: scanner.raw, isCanonical: scanner.isCanonical)
      text.append(UInt8(ascii: ":"))
      try scanner.copyValue(to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  private static func isWanted(
    _ raw: UnsafeRawBufferPointer, isPlain: Bool, _ names: borrowing MemberNames
  ) -> Bool {
    if isPlain { return names.number(of: raw) != nil }
    var text = JSONText()
    text.append(unescaping: raw)
    return names.number(of: text.bytes) != nil
  }
}
