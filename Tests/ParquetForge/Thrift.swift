/// A value of Thrift's compact protocol, to be written, and changed before that.
package indirect enum Thrift: Sendable {
  case bool(Bool)
  case int8(Int)
  case int32(Int)
  case int64(Int)
  case binary([UInt8])
  case list([Thrift])
  case structure([Int: Thrift])

  package static func text(_ text: String) -> Thrift { .binary(Array(text.utf8)) }
  package static var empty: Thrift { .structure([:]) }

  package var encoded: [UInt8] {
    switch self {
    case .bool(let value): [value ? 1 : 2]
    case .int8(let value): [UInt8(truncatingIfNeeded: value)]
    case .int32(let value), .int64(let value): varint(zigzag(value))
    case .binary(let bytes): varint(UInt64(bytes.count)) + bytes
    case .list(let elements):
      [UInt8(min(elements.count, 15) << 4) | (elements.first?.type ?? 12)]
        + (elements.count < 15 ? [] : varint(UInt64(elements.count))) + elements.flatMap(\.encoded)
    case .structure(let fields): encode(fields)
    }
  }

  private var type: UInt8 {
    switch self {
    case .bool(let value): value ? 1 : 2
    case .int8: 3
    case .int32: 5
    case .int64: 6
    case .binary: 8
    case .list: 9
    case .structure: 12
    }
  }

  private func encode(_ fields: [Int: Thrift]) -> [UInt8] {
    var bytes: [UInt8] = []
    var last = 0
    for (id, value) in fields.sorted(by: { $0.key < $1.key }) {
      let delta = id - last
      bytes += (1...15).contains(delta) ? [UInt8(delta << 4) | value.type] : [value.type] + varint(zigzag(id))
      if case .bool = value {} else { bytes += value.encoded }
      last = id
    }
    return bytes + [0]
  }
}

package func varint(_ value: UInt64) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

package func zigzag(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value << 1 ^ value >> 63)) }

package func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
}
