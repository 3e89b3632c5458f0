/// Some records of one object, decoded, in line order: what a fold works on.
///
///     records  id and group (places in `text`), the place of the first value, the number of values, what the record does
///     values   those of the first record, those of the second ...: field, and a number or a place in `text`
///     text     the bytes of all ids, groups and JSON values, one behind the other
///
/// All three are rows of fixed-size entries without pointers: in memory and in a file they are the same.
///
/// A part doesn't own its bytes: it is to be used only while its `Run` lives. Places that lead out of `text` are empty.
package struct RunPart: BitwiseCopyable, @unchecked Sendable {
  package let records: UnsafeBufferPointer<RunRecord>
  package let values: UnsafeBufferPointer<RunValue>
  package let text: UnsafeRawBufferPointer

  /// A record's number in its run is that of its part, then its own in the part, of so many bits.
  package static let recordBits = 18
  package static let mostRecords = 1 << recordBits
  /// What a part holds, in bytes, before the next one is begun.
  package static let fullSize = 8 << 20

  package init(
    records: UnsafeBufferPointer<RunRecord>, values: UnsafeBufferPointer<RunValue>,
    text: UnsafeRawBufferPointer
  ) {
    self.records = records
    self.values = values
    self.text = text
  }

  /// Nil where the record names no document.
  package func id(of record: RunRecord) -> UnsafeRawBufferPointer? {
    record.idCount > 0 ? bytes(Int(record.idOffset), Int(record.idCount)) : nil
  }

  /// Nil where the record names no group. Without a group field it is the id.
  package func group(of record: RunRecord) -> UnsafeRawBufferPointer? {
    record.groupCount > 0 ? bytes(Int(record.groupOffset), Int(record.groupCount)) : nil
  }

  package func json(_ value: RunValue) -> UnsafeRawBufferPointer {
    bytes(Int(truncatingIfNeeded: value.bits), Int(value.count))
  }

  package func values(of record: RunRecord) -> UnsafeBufferPointer<RunValue> {
    let first = Int(record.firstValue)
    let end = first + Int(record.valueCount)
    return end <= values.count
      ? UnsafeBufferPointer(rebasing: values[first..<end]) : .init(start: nil, count: 0)
  }

  private func bytes(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    guard offset >= 0, offset <= text.count - count, let base = text.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }
}

/// 20 bytes, little-endian.
package struct RunRecord: BitwiseCopyable, Sendable {
  var idOffset: UInt32
  var groupOffset: UInt32
  var firstValue: UInt32
  /// 0 where there is none: neither is ever empty.
  var idCount: UInt16
  var groupCount: UInt16
  var valueCount: UInt16
  var flags: UInt16

  static let delete: UInt16 = 1
  static let speaksOfGroup: UInt16 = 2

  package var isDelete: Bool { flags & Self.delete != 0 }
  /// Whether one of the values is of a field of group scope.
  package var speaksOfGroup: Bool { flags & Self.speaksOfGroup != 0 }
  package var hasID: Bool { idCount > 0 }
  package var hasGroup: Bool { groupCount > 0 }
}

/// 16 bytes, little-endian.
package struct RunValue: BitwiseCopyable, Sendable {
  package enum Kind: UInt8 { case null, number, json }

  /// The number's bits, or the offset of the JSON in the text.
  package let bits: UInt64
  /// The length of the JSON: a line's limit keeps it far below 4 GiB.
  package let count: UInt32
  /// The index in `fields.all`.
  package let field: UInt16
  let rawKind: UInt16

  init(bits: UInt64, count: Int, field: UInt16, kind: Kind) {
    self.bits = bits
    self.count = UInt32(clamping: count)
    self.field = field
    rawKind = UInt16(kind.rawValue)
  }

  package var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: rawKind)) ?? .null }
}

/// A malformed record: its line, from 1, and why.
package struct BadRecord: Equatable, Sendable {
  package var line: Int
  package let reason: String

  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}
