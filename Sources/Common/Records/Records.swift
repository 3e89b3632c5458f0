package import Bytes
package import Failures
package import Fields

/// What one member of a record says of one field.
package enum RecordValue {
  /// The record does not have the member.
  case absent
  /// The member is null.
  case null
  /// Of a number field. Finite; never -0.
  case number(Double)
  /// Of any other field, as canonical JSON: no space outside strings, strings with the fewest escapes, members in
  /// their order. Text and keyword: a string, or a flat array of strings (numbers and booleans became strings).
  /// Valid until the next record is read.
  case json(UnsafeRawBufferPointer)
}

/// The records of one object, one after the other: NDJSON, plain, gzip or zstd.
package struct RecordReader: ~Copyable {
  /// `name` decides the compression where it ends in .gz or .zst, else the first bytes do; it is what errors name.
  package init(_ source: any ByteSource, name: String, fields: Fields) {}

  /// Reads the next record; false at the end. Blank lines are passed over.
  /// A malformed record throws `malformed`, and the next call goes on behind it; any other error is final.
  package mutating func next() throws(RecordError) -> Bool { false }

  /// The line of the current record, from 1.
  package var line: Int { 0 }
  /// Whether it says `"_delete": true`.
  package var isDelete: Bool { false }
  /// The document and the group it speaks of, unescaped; nil where it names none. Valid until the next record is read.
  package var id: UnsafeRawBufferPointer? { nil }
  package var group: UnsafeRawBufferPointer? { nil }
  /// By the field's index in `fields.all`; absent for the id and the group field.
  package func value(_ field: Int) -> RecordValue { .absent }
}

package enum RecordError: Error, Equatable, Sendable {
  /// One bad record: `line` from 1, and why. The reader can go on.
  case malformed(line: Int, reason: String)
  /// The object as a whole is damaged: cut short, a wrong checksum, not what its name says.
  case damaged(reason: String)
  /// The source failed.
  case source(Failure)
}
