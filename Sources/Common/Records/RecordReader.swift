package import Bytes
package import Fields

/// The records of one object, one after the other: NDJSON, plain, gzip or zstd.
package struct RecordReader: ~Copyable {
  private var lines: LineReader
  private let record: RecordParser
  /// The error that ended the reading, and ends it again.
  private var final: RecordError?
  /// How many records were given.
  private var given = 0

  /// `name` decides the compression where it ends in .gz or .zst, else the first bytes do.
  package init(_ source: any ByteSource, name: String, fields: Fields) {
    lines = LineReader(ObjectInput(source, name: name))
    record = RecordParser(fields)
  }

  /// Reads whole lines where they lie, decompressed; they must stay there for as long as the reader lives.
  ///
  /// `hasOwnLines` says whether a byte of a line that is none is worth naming.
  package init(lines: UnsafeRawBufferPointer, fields: Fields, hasOwnLines: Bool = true) {
    self.lines = LineReader(lines: lines, hasOwnLines: hasOwnLines)
    record = RecordParser(fields, hasOwnLines: hasOwnLines)
  }

  /// Goes on with the lines behind those that were read where they lie.
  package mutating func go(on lines: UnsafeRawBufferPointer) { self.lines.go(on: lines) }

  /// Reads a record where it lies, of any length: in another spelling it can be longer than a line of an object may be.
  package mutating func read(_ line: UnsafeRawBufferPointer) throws(RecordError) {
    given += 1
    try record.parse(line, number: given)
  }

  /// Reads the next record; false at the end. Blank lines are passed over.
  /// A malformed record throws `malformed`, and the next call goes on behind it; any other error is final.
  package mutating func next() throws(RecordError) -> Bool {
    if let final { throw final }
    do throws(RecordError) {
      while let line = try lines.next() {
        if Self.isBlank(line) { continue }
        try record.parse(line, number: lines.number)
        return true
      }
      record.clear()
      return false
    } catch {
      record.clear()
      if case .malformed = error {} else { final = error }
      throw error
    }
  }

  /// The line of the current record, from 1.
  package var line: Int { lines.number }
  /// Whether it says `"_delete": true`.
  package var isDelete: Bool { record.isDelete }
  /// The document and the group it speaks of, unescaped; nil where it names none. Valid until the next record is read.
  package var id: UnsafeRawBufferPointer? { record.id }
  package var group: UnsafeRawBufferPointer? { record.group }
  /// By the field's index in `fields.all`; absent for the id and the group field.
  package func value(_ field: Int) -> RecordValue { record.value(field) }

  static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
    line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
  }
}
