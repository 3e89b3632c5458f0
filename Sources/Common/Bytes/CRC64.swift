/// CRC-64/NVME, eight bytes at a time, each by a table of its own.
///
/// The parameters are those of the NVM Command Set Specification 1.0d, section 5.2.1.3.4: polynomial ad93d23594c93659, bits
/// reflected, begun with and ended by all ones. The check value, of `123456789`, is ae8b14860a799888. Debian's ISA-L has
/// three other CRC-64s, and not this one.
package enum CRC64 {
  /// The polynomial, its bits reflected.
  private static let polynomial: UInt64 = 0x9A6C_9329_AC4B_C9B5

  /// `tables[256 * n + b]`: what byte b does to the sum when n bytes follow it.
  private static let tables: [UInt64] = {
    var tables = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var sum = UInt64(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ polynomial : sum >> 1 }
      tables[byte] = sum
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()

  package static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt64 = 0) -> UInt64 {
    tables.withUnsafeBufferPointer { tables in
      var sum = ~previous
      var at = 0
      while at &+ 8 <= bytes.count {
        let word = sum ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let low = tables[1792 &+ Int(word & 255)] ^ tables[1536 &+ Int(word >> 8 & 255)]
        let next = tables[1280 &+ Int(word >> 16 & 255)] ^ tables[1024 &+ Int(word >> 24 & 255)]
        let more = tables[768 &+ Int(word >> 32 & 255)] ^ tables[512 &+ Int(word >> 40 & 255)]
        sum = low ^ next ^ more ^ tables[256 &+ Int(word >> 48 & 255)] ^ tables[Int(word >> 56)]
        at &+= 8
      }
      while at < bytes.count {
        sum = sum >> 8 ^ tables[Int((sum ^ UInt64(bytes[at])) & 255)]
        at &+= 1
      }
      return ~sum
    }
  }
}
