internal import Bytes
package import Runs
internal import Segments

/// A record on its way to the shards that need it: one line of five fields, with a TAB between them.
///
///     SHARD     where its group is, from 1; of a delete by id, where the id would be as a group; `*` for a delete of a group,
///               which all shards need; `bad` where it is malformed
///     KEY       16 hexadecimal digits, the same for all records of one document; `-` where there is none
///     LOCATION  the object, as its object line has it
///     LINE      the record's line in it, or its row, from 1
///     RECORD    one JSON object of the members that the fields file names, and `_delete`; of a malformed one, why
///
/// The lines are closed by `#end <TAB> lines=n`. They may come in any order.
package struct RoutedLine {
  package let isBad: Bool
  package let location: UnsafeRawBufferPointer
  package let line: Int
  package let record: UnsafeRawBufferPointer

  /// Where a record goes.
  package enum Shards: Equatable, Sendable {
    case all
    case one(Int)
  }

  /// Parses a line without its newline; nil unless it is one. The shard and the key are not looked at: who gets a line has use
  /// for it.
  package init?(_ line: UnsafeRawBufferPointer) {
    var rest = line
    func field() -> UnsafeRawBufferPointer? {
      guard let tab = rest.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[(tab + 1)...]) }
      return UnsafeRawBufferPointer(rebasing: rest[..<tab])
    }
    guard let shard = field(), !shard.isEmpty, let key = field(), !key.isEmpty, let location = field(),
      let number = field(), let line = Int64(digits: number.bindMemory(to: UInt8.self)),
      line > 0, line <= Int64(UInt32.max)
    else { return nil }
    isBad = shard.elementsEqual("bad".utf8)
    self.location = location
    self.line = Int(line)
    record = rest
  }

  /// The shard that a record is native to, of so many.
  package static func shards(of record: RunRecord, count: Int) -> Shards {
    if let id = record.id, record.isDelete { return .one(Shard.number(of: id, count: count)) }
    guard let group = record.group, !record.isDelete else { return .all }
    return .one(Shard.number(of: group, count: count))
  }

  /// The first two fields of a record's line, each with its TAB.
  package static func append(_ shards: Shards, _ record: RunRecord, to text: inout Pile<UInt8>) {
    switch shards {
    case .all: text.append(UInt8(ascii: "*"))
    case .one(let number): text.append(decimal: number)
    }
    text.append(UInt8(ascii: "\t"))
    if let id = record.id {
      text.append(key: KeyHash.hash(.id, id))
    } else {
      text.append(UInt8(ascii: "-"))
    }
    text.append(UInt8(ascii: "\t"))
  }
}

extension Pile<UInt8> {
  package mutating func append(decimal number: Int) {
    var digits: [UInt8] = []
    digits.append(decimal: Int64(number))
    for digit in digits { append(digit) }
  }

  /// 16 hexadecimal digits.
  package mutating func append(key: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      append(Hex.digit(UInt8(truncatingIfNeeded: key >> UInt64(shift)) & 15))
    }
  }
}
