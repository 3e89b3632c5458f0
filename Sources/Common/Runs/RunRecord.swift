/// One record, read where it lies: 16 bytes, the text, zeros up to a multiple of 8, the values.
///
///     u32 bytes of text, u16 bytes of the id, u16 of the group, u16 number of values, u16 flags, u32 zero
///     text      the id, the group (where it isn't the id), the JSON of the values, one behind the other
///     values    16 bytes each (RunValue)
///
/// It doesn't own its bytes: it is to be used only while its `Run` lives.
package struct RunRecord: BitwiseCopyable, @unchecked Sendable {
  struct Header: BitwiseCopyable {
    var textCount: UInt32 = 0
    /// 0 where there is none: neither is ever empty.
    var idCount: UInt16 = 0
    var groupCount: UInt16 = 0
    var valueCount: UInt16 = 0
    var flags: UInt16 = 0
    var reserved: UInt32 = 0

    /// Of the record with this header.
    var size: Int { RunRecord.headerSize + textSize + Int(valueCount) * MemoryLayout<RunValue>.stride }
    var textSize: Int { (Int(textCount) + 7) & ~7 }
    /// Whether the names lie within the text.
    var isSound: Bool {
      if flags & RunRecord.groupIsID != 0 { return groupCount == idCount && Int(idCount) <= Int(textCount) }
      return Int(idCount) + Int(groupCount) <= Int(textCount)
    }
  }

  static let headerSize = 16
  static let delete: UInt16 = 1
  static let speaksOfGroup: UInt16 = 2
  static let groupIsID: UInt16 = 4

  private let header: Header
  private let base: UnsafeRawPointer

  /// Nil where there is no whole record at that place.
  init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    guard let start = bytes.baseAddress, offset >= 0, offset <= bytes.count - Self.headerSize else {
      return nil
    }
    header = start.loadUnaligned(fromByteOffset: offset, as: Header.self)
    base = start + offset + Self.headerSize
    guard header.isSound, header.size <= bytes.count - offset else { return nil }
  }

  /// With its header, in bytes.
  package var size: Int { header.size }

  package var isDelete: Bool { header.flags & Self.delete != 0 }
  /// Whether one of the values is of a field of group scope.
  package var speaksOfGroup: Bool { header.flags & Self.speaksOfGroup != 0 }

  package var text: UnsafeRawBufferPointer { .init(start: base, count: Int(header.textCount)) }

  /// The document it speaks of; nil where it names none.
  package var id: UnsafeRawBufferPointer? {
    header.idCount > 0 ? .init(start: base, count: Int(header.idCount)) : nil
  }

  /// The group it speaks of; nil where it names none. Without a group field it is the id.
  package var group: UnsafeRawBufferPointer? {
    let start = header.flags & Self.groupIsID != 0 ? base : base + Int(header.idCount)
    return header.groupCount > 0 ? .init(start: start, count: Int(header.groupCount)) : nil
  }

  package var values: UnsafeBufferPointer<RunValue> {
    let start = (base + header.textSize).assumingMemoryBound(to: RunValue.self)
    return .init(start: start, count: Int(header.valueCount))
  }
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

  /// The JSON, of the record's text; empty where it would lead out of it.
  package func json(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let (count, offset) = (Int(count), Int(truncatingIfNeeded: bits))
    guard offset >= 0, offset <= text.count - count, let base = text.baseAddress else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }
}
