internal import Glibc
package import Records

/// The records of one object, decoded: what a fold works on, and never changed after.
///
///     text     the bytes of all ids, groups and JSON values, one behind the other
///     records  in line order: id, group, the place of the first value, the number of values, whether it deletes
///     values   those of the first record, those of the second ...: field, and a number or a place in `text`
///
/// All three are rows of fixed-size entries without pointers, so that they can be kept in a file as they are.
package final class DecodedObject: @unchecked Sendable {
  private let text: UnsafeBufferPointer<UInt8>
  private let records: UnsafeBufferPointer<DecodedRecord>
  private let values: UnsafeBufferPointer<DecodedValue>
  /// The malformed records, in line order.
  package let bad: [BadRecord]
  /// Why it was not read to its end; nil where it was, or where its malformed records were too many.
  package let failure: RecordError?

  init(
    text: consuming Pile<UInt8>, records: consuming Pile<DecodedRecord>,
    values: consuming Pile<DecodedValue>, bad: [BadRecord], failure: RecordError?
  ) {
    self.text = text.take()
    self.records = records.take()
    self.values = values.take()
    self.bad = bad
    self.failure = failure
  }

  deinit {
    free(UnsafeMutableRawPointer(mutating: text.baseAddress))
    free(UnsafeMutableRawPointer(mutating: records.baseAddress))
    free(UnsafeMutableRawPointer(mutating: values.baseAddress))
  }

  /// How many records it has.
  package var count: Int { records.count }

  /// To be used only while the object lives.
  var view: View { View(text: UnsafeRawBufferPointer(text), records: records, values: values) }

  /// The object without its ownership, which costs nothing to copy.
  struct View {
    let text: UnsafeRawBufferPointer
    let records: UnsafeBufferPointer<DecodedRecord>
    let values: UnsafeBufferPointer<DecodedValue>

    func bytes(_ piece: Piece) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: text[piece.offset..<piece.offset + piece.count])
    }

    func values(of record: DecodedRecord) -> Slice<UnsafeBufferPointer<DecodedValue>> {
      values[record.firstValue..<record.firstValue + record.valueCount]
    }
  }
}

/// A malformed record: its line, from 1, and why.
package struct BadRecord: Equatable, Sendable {
  package let line: Int
  package let reason: String
}

/// A place in the text of an object.
struct Piece: BitwiseCopyable {
  var offset: Int
  /// Below 0 for what is not there.
  var count: Int

  static let none = Piece(offset: 0, count: -1)
  var exists: Bool { count >= 0 }
}

struct DecodedRecord: BitwiseCopyable {
  var id: Piece
  /// Without a group field, the id again.
  var group: Piece
  var firstValue: Int
  var valueCount: Int
  var isDelete: Bool
  /// Whether one of the values is of a field of group scope.
  var speaksOfGroup: Bool
}

struct DecodedValue: BitwiseCopyable {
  enum Kind: UInt8 { case null, number, json }

  /// The number's bits, or the offset of the JSON in the text.
  let bits: UInt64
  /// The length of the JSON: a line's limit keeps it far below 4 GiB.
  let count: UInt32
  /// The index in `fields.all`.
  let field: UInt16
  let kind: Kind
}
