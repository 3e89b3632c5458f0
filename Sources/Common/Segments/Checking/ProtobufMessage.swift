/// A message of Protocol Buffers (protobuf.dev/programming-guides/encoding) as it is written, field by field.
///
///     field    number << 3 | type, as a varint, and the value: 0 a varint; 1 eight bytes; 2 a length and as many bytes
///
/// As proto3 has it, what is 0 or empty is left out.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// An int32 or int64, not negative.
  mutating func append(_ field: Int, _ value: Int) {
    guard value != 0 else { return }
    appendVarint(field << 3)
    appendVarint(value)
  }

  mutating func append(_ field: Int, _ value: Double) {
    guard value != 0 else { return }
    appendVarint(field << 3 | 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A string in UTF-8.
  mutating func append(_ field: Int, _ value: [UInt8]) {
    if !value.isEmpty { append(delimited: value, field) }
  }

  /// One message of a repeated field: there even where it is empty.
  mutating func append(_ field: Int, _ message: ProtobufMessage) { append(delimited: message.bytes, field) }

  private mutating func append(delimited value: [UInt8], _ field: Int) {
    appendVarint(field << 3 | 2)
    appendVarint(value.count)
    bytes.append(contentsOf: value)
  }

  /// Seven bits a byte, the lowest first, with the highest bit where more follow.
  mutating func appendVarint(_ value: Int) {
    var rest = UInt(bitPattern: value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
