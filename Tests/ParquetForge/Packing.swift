internal import Bytes

/// Compressors that compress nothing, each in a valid form of its format.
package enum Packing {
  /// A gzip member with stored blocks.
  package static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    let parts = stride(from: 0, to: max(bytes.count, 1), by: 65535).map {
      Array(bytes[$0..<min($0 + 65535, bytes.count)])
    }
    for (i, part) in parts.enumerated() {
      packed += [i + 1 == parts.count ? 1 : 0] + littleEndian(UInt16(part.count))
      packed += littleEndian(~UInt16(part.count)) + part
    }
    return packed + littleEndian(CRC32.checksum(bytes)) + littleEndian(UInt32(bytes.count))
  }

  /// A zstd frame with raw blocks, of which it says the size of the whole.
  package static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var packed: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA0] + littleEndian(UInt32(bytes.count))
    let starts = Array(stride(from: 0, to: max(bytes.count, 1), by: 100_000))
    for start in starts {
      let part = bytes[start..<min(start + 100_000, bytes.count)]
      let head = UInt32(part.count) << 3 | (start == starts.last ? 1 : 0)
      packed += littleEndian(head).prefix(3) + part
    }
    return packed
  }
}
