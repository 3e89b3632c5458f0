import Bytes
import Testing

/// Checksums by their published check values, and piece by piece.
@Suite struct ChecksumTests {
  /// The CRCs of `123456789` as the catalogue of CRC algorithms (reveng.sourceforge.io) has them; the digests of `abc` are in
  /// RFC 1321 and FIPS 180.
  @Test(arguments: [
    (Checksum.Kind.crc32c, "123456789", "e3069283"), (.crc32, "123456789", "cbf43926"),
    (.crc64nvme, "123456789", "ae8b14860a799888"), (.crc64nvme, "", "0000000000000000"),
    (.crc32c, "", "00000000"), (.crc32, "", "00000000"),
    (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ]) func `Known values`(_ row: (Checksum.Kind, String, String)) {
    #expect(Hex.encode(Checksum.of(Array(row.1.utf8), row.0)) == row.2)
  }

  @Test(arguments: Checksum.Kind.allCases) func `Pieces add up to the whole`(_ kind: Checksum.Kind) {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ $0 >> 7) }
    for size in [1, 7, 8, 9, 64, 4097] {
      var sum = Checksum(kind)
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { sum.update($0) }
      }
      #expect(sum.finish() == Checksum.of(bytes, kind), "pieces of \(size)")
    }
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]) func `Three bytes are four characters`(_ row: (String, String)) {
    #expect(Base64.encode(Array(row.0.utf8)) == row.1)
  }
}
