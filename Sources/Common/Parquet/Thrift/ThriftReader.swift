/// Why bytes aren't the structure that they should be.
enum ThriftFault: Error {
  case cutShort, malformed
}

/// The types of Thrift's compact protocol.
enum ThriftType: UInt8 {
  /// What a structure ends with.
  case stop = 0
  case yes, no, int8, int16, int32, int64, double, binary, list, set, map, structure, uuid
}

struct ThriftField {
  let id: Int
  let type: ThriftType
}

// Thrift's compact protocol (thrift-compact-protocol.md), as far as Parquet uses it.
//
//     structure   fields, then 00
//     field       delta << 4 | type, where the id is the last one's + delta; or 0 << 4 | type, id (a varint, zigzag)
//                 a boolean is its type; else the value follows
//     list, set   count << 4 | type, where the count is below 15; or F << 4 | type, count (a varint); then the elements
//     map         00; or count (a varint), key type << 4 | value type, then the pairs
//     integers    varints, zigzag; an int8 is one byte
//     binary      length (a varint), bytes

/// Reads a structure field by field from memory that it does not own. Nothing is believed: what a count says is there
/// has to fit in the bytes that are left.
struct ThriftReader {
  private let bytes: UnsafeRawBufferPointer
  /// How many bytes have been read.
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The next field of the structure, or nil at its end. `last` begins as 0, and is the loop's own.
  mutating func field(after last: inout Int) throws(ThriftFault) -> ThriftField? {
    let head = try byte()
    guard let type = ThriftType(rawValue: head & 15) else { throw .malformed }
    if type == .stop { return nil }
    last = head >> 4 == 0 ? Int(truncatingIfNeeded: try zigzag()) : last &+ Int(head >> 4)
    return ThriftField(id: last, type: type)
  }

  /// Of any of the integer types.
  mutating func integer(_ field: ThriftField) throws(ThriftFault) -> Int64 {
    switch field.type {
    case .int8: Int64(Int8(bitPattern: try byte()))
    case .int16, .int32, .int64: try zigzag()
    default: throw .malformed
    }
  }

  mutating func int(_ field: ThriftField) throws(ThriftFault) -> Int {
    Int(truncatingIfNeeded: try integer(field))
  }

  func boolean(_ field: ThriftField) throws(ThriftFault) -> Bool {
    guard field.type == .yes || field.type == .no else { throw .malformed }
    return field.type == .yes
  }

  mutating func binary(_ field: ThriftField) throws(ThriftFault) -> UnsafeRawBufferPointer {
    guard field.type == .binary else { throw .malformed }
    return try binary()
  }

  mutating func string(_ field: ThriftField) throws(ThriftFault) -> String {
    guard let text = String(validating: try binary(field), as: UTF8.self) else { throw .malformed }
    return text
  }

  /// How many elements follow, each a `type`.
  mutating func list(_ field: ThriftField, of type: ThriftType) throws(ThriftFault) -> Int {
    guard field.type == .list else { throw .malformed }
    let (count, found) = try list()
    guard count == 0 || found == type else { throw .malformed }
    return count
  }

  mutating func binary() throws(ThriftFault) -> UnsafeRawBufferPointer {
    let count = try self.count()
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func list() throws(ThriftFault) -> (count: Int, type: ThriftType) {
    let head = try byte()
    guard let type = ThriftType(rawValue: head & 15) else { throw .malformed }
    let count = head >> 4 == 15 ? try self.count() : Int(head >> 4)
    guard count <= bytes.count - position else { throw .cutShort }
    return (count, type)
  }

  /// A count of things each of which takes a byte at least.
  mutating func count() throws(ThriftFault) -> Int {
    let count = try varint()
    guard count <= UInt64(bytes.count - position) else { throw .cutShort }
    return Int(count)
  }

  mutating func skip(_ count: Int) throws(ThriftFault) {
    guard count <= bytes.count - position else { throw .cutShort }
    position += count
  }

  mutating func byte() throws(ThriftFault) -> UInt8 {
    guard position < bytes.count else { throw .cutShort }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func varint() throws(ThriftFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) &<< UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw .malformed
  }

  mutating func zigzag() throws(ThriftFault) -> Int64 { Int64(zigzag: try varint()) }
}

extension Int64 {
  /// 0, 1, 2, 3 ... stand for 0, -1, 1, -2 ...
  init(zigzag code: UInt64) { self = Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1) }
}
