internal import CIsal

/// CRC-32 (the polynomial of gzip, RFC 1952) by ISA-L.
package enum CRC32 {
  package static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return previous }
    return crc32_gzip_refl(previous, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  package static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }
}
