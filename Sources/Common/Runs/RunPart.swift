/// Some records of one object, decoded, in line order: what a fold works on.
///
///     records  16 bytes each: where its content begins, and what it consists of
///     content  of each record, from a multiple of 8 on: its text (the id, the group, the JSON of its values, one behind the
///              other), zeros up to the next multiple of 8, its values
///
/// Both are without pointers: in memory and in a file they are the same, and a record is in two places only.
///
/// A part doesn't own its bytes: it is to be used only while its `Run` lives. Places that lead outside are empty.
package struct RunPart: BitwiseCopyable, @unchecked Sendable {
  package let records: UnsafeBufferPointer<RunRecord>
  package let content: UnsafeRawBufferPointer

  /// A record's number in its run is that of its part, then its own in the part, of so many bits.
  package static let recordBits = 18
  package static let mostRecords = 1 << recordBits
  /// What a part holds, in bytes, before the next one is begun.
  package static let fullSize = 8 << 20

  package init(records: UnsafeBufferPointer<RunRecord>, content: UnsafeRawBufferPointer) {
    self.records = records
    self.content = content
  }

  /// All of a record's text.
  package func text(of record: RunRecord) -> UnsafeRawBufferPointer {
    bytes(Int(record.offset), Int(record.textCount))
  }

  /// Nil where the record names no document.
  package func id(of record: RunRecord) -> UnsafeRawBufferPointer? {
    record.hasID ? bytes(Int(record.offset), Int(record.idCount)) : nil
  }

  /// Nil where the record names no group. Without a group field it is the id.
  package func group(of record: RunRecord) -> UnsafeRawBufferPointer? {
    record.hasGroup ? group(at: Int(record.offset), of: record) : nil
  }

  private func group(at offset: Int, of record: RunRecord) -> UnsafeRawBufferPointer {
    bytes(offset + (record.groupIsID ? 0 : Int(record.idCount)), Int(record.groupCount))
  }

  package func values(of record: RunRecord) -> UnsafeBufferPointer<RunValue> {
    let values = bytes(record.valuesOffset, Int(record.valueCount) * MemoryLayout<RunValue>.stride)
    return values.bindMemory(to: RunValue.self)
  }

  private func bytes(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    guard offset <= content.count - count, let base = content.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }
}

/// 16 bytes, little-endian.
package struct RunRecord: BitwiseCopyable, Sendable {
  /// Where the record begins in the content, a multiple of 8.
  var offset: UInt32
  var textCount: UInt32
  /// 0 where there is none: neither is ever empty.
  var idCount: UInt16
  var groupCount: UInt16
  var valueCount: UInt16
  var flags: UInt16

  static let delete: UInt16 = 1
  static let speaksOfGroup: UInt16 = 2
  static let groupIsID: UInt16 = 4

  package var isDelete: Bool { flags & Self.delete != 0 }
  /// Whether one of the values is of a field of group scope.
  package var speaksOfGroup: Bool { flags & Self.speaksOfGroup != 0 }
  var groupIsID: Bool { flags & Self.groupIsID != 0 }
  package var hasID: Bool { idCount > 0 }
  package var hasGroup: Bool { groupCount > 0 }

  var valuesOffset: Int { Int(offset) + (Int(textCount) + 7) & ~7 }
  /// Of its content.
  var size: Int { (Int(textCount) + 7) & ~7 + Int(valueCount) * MemoryLayout<RunValue>.stride }
}

/// 16 bytes, little-endian.
package struct RunValue: BitwiseCopyable, Sendable {
  package enum Kind: UInt8 { case null, number, json }

  /// The number's bits, or the offset of the JSON in the record's text.
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

  /// The JSON, of the record's text.
  package func json(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let (count, offset) = (Int(count), Int(truncatingIfNeeded: bits))
    guard offset >= 0, offset <= text.count - count, let base = text.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }
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
