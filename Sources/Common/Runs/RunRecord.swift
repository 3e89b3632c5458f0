/// One record, read where it lies: 16 bytes, the values, the text, zeros up to a multiple of 8.
///
///     u32 bytes of text, u16 bytes of the id, u16 of the group, u16 number of values, u16 flags,
///     u32 line, or 0 where it is not kept
///     values    8 bytes each (RunValue)
///     text      the id, the group (where it isn't the id), the contents of the values, one behind the other
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
    var line: UInt32 = 0

    /// Of the record with this header.
    var size: Int { textStart + (Int(textCount) + 7) & ~7 }
    var textStart: Int { RunRecord.headerSize + Int(valueCount) * MemoryLayout<RunValue>.stride }
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

  let header: Header
  /// Where the values begin.
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

  /// All of it, as it lies there.
  package var bytes: UnsafeRawBufferPointer { .init(start: base - Self.headerSize, count: size) }

  /// The line, or the row, of the object that it was, from 1; 0 where it is not kept.
  package var line: Int { Int(header.line) }

  private var text: UnsafeRawPointer { base + Int(header.valueCount) * MemoryLayout<RunValue>.stride }

  package var isDelete: Bool { header.flags & Self.delete != 0 }
  /// Whether one of the values is of a field of group scope.
  package var speaksOfGroup: Bool { header.flags & Self.speaksOfGroup != 0 }

  /// The document it speaks of; nil where it names none.
  package var id: UnsafeRawBufferPointer? {
    header.idCount > 0 ? .init(start: text, count: Int(header.idCount)) : nil
  }

  /// The group it speaks of; nil where it names none. Without a group field it is the id.
  package var group: UnsafeRawBufferPointer? {
    let start = header.flags & Self.groupIsID != 0 ? text : text + Int(header.idCount)
    return header.groupCount > 0 ? .init(start: start, count: Int(header.groupCount)) : nil
  }

  /// Whether the id is the group, too.
  var groupIsID: Bool { header.flags & Self.groupIsID != 0 }

  /// Where it has an id.
  package var names: RunNames {
    let isID = header.flags & Self.groupIsID != 0
    return RunNames(text, idCount: header.idCount, groupCount: isID ? 0 : header.groupCount)
  }

  /// What it speaks of, as a run says it of each of its records: its document, its group.
  func forEachMention(_ body: (KeyKind, UnsafeRawBufferPointer) -> Void) {
    if let id {
      body(.id, id)
    } else if let group, isDelete {
      body(.groupDelete, group)
    }
    if let group, speaksOfGroup { body(.group, group) }
  }

  /// In the order of the fields.
  package var values: RunValues {
    let isID = header.flags & Self.groupIsID != 0
    let names = Int(header.idCount) + (isID ? 0 : Int(header.groupCount))
    let start = base.assumingMemoryBound(to: RunValue.self)
    return RunValues(
      values: .init(start: start, count: Int(header.valueCount)), index: 0, place: text + names,
      left: Int(header.textCount) - names)
  }
}

/// The values of a record, one after the other. What is damaged ends them.
package struct RunValues: Sequence, IteratorProtocol {
  package enum Content {
    case null
    case number(Double)
    case json(UnsafeRawBufferPointer)
  }

  fileprivate let values: UnsafeBufferPointer<RunValue>
  fileprivate var index: Int
  /// Where the content of the next one is in the record's text, and how much there is from there on.
  fileprivate var place: UnsafeRawPointer
  fileprivate var left: Int

  @inline(__always)
  package mutating func next() -> (field: Int, content: Content)? {
    guard index < values.count else { return nil }
    let value = values[index]
    let count = Int(value.count)
    guard count <= left else { return nil }
    let bytes = UnsafeRawBufferPointer(start: place, count: count)
    index += 1
    place += count
    left -= count
    return value.content(bytes).map { (Int(value.field), $0) }
  }
}

/// 8 bytes, little-endian.
struct RunValue: BitwiseCopyable, Sendable {
  private enum Kind: UInt16 { case null, number, json }

  /// Of its content in the record's text: none, the 8 bytes of a double, or JSON. A line's limit keeps it far below 4 GiB.
  let count: UInt32
  /// The index in `fields.all`.
  let field: UInt16
  private let rawKind: UInt16

  private init(_ field: Int, _ kind: Kind, _ count: Int) {
    self.count = UInt32(clamping: count)
    self.field = UInt16(truncatingIfNeeded: field)
    rawKind = kind.rawValue
  }

  static func null(_ field: Int) -> RunValue { RunValue(field, .null, 0) }
  static func number(_ field: Int) -> RunValue { RunValue(field, .number, 8) }
  static func json(_ field: Int, _ count: Int) -> RunValue { RunValue(field, .json, count) }

  /// Nil where it is no value.
  @inline(__always)
  fileprivate func content(_ bytes: UnsafeRawBufferPointer) -> RunValues.Content? {
    switch Kind(rawValue: rawKind) {
    case .null: .null
    case .number where bytes.count == 8:
      .number(Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))))
    case .json: .json(bytes)
    default: nil
    }
  }
}
