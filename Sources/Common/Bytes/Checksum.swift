internal import CCrypto
internal import CIsal

/// A checksum of bytes that come piece by piece, of one of the kinds that object stores know.
package struct Checksum: Sendable {
  /// The cheapest first.
  package enum Kind: String, CaseIterable, Sendable {
    case crc32c, crc32, crc64nvme, sha256, sha1, md5
  }

  private enum State: @unchecked Sendable {
    case crc32c(UInt32)
    case crc32(UInt32)
    case crc64nvme(UInt64)
    case sha256(SHA256_CTX)
    case sha1(SHA_CTX)
    case md5(MD5_CTX)
  }

  package let kind: Kind
  private var state: State

  package init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .crc32c: state = .crc32c(.max)
    case .crc32: state = .crc32(0)
    case .crc64nvme: state = .crc64nvme(0)
    case .sha256:
      var context = SHA256_CTX()
      SHA256_Init(&context)
      state = .sha256(context)
    case .sha1:
      var context = SHA_CTX()
      SHA1_Init(&context)
      state = .sha1(context)
    case .md5:
      var context = MD5_CTX()
      MD5_Init(&context)
      state = .md5(context)
    }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .crc32c(let sum): state = .crc32c(Self.crc32c(bytes, after: sum))
    case .crc32(let sum): state = .crc32(CRC32.checksum(bytes, after: sum))
    case .crc64nvme(let sum): state = .crc64nvme(CRC64.checksum(bytes, after: sum))
    case .sha256(var context):
      SHA256_Update(&context, bytes.baseAddress, bytes.count)
      state = .sha256(context)
    case .sha1(var context):
      SHA1_Update(&context, bytes.baseAddress, bytes.count)
      state = .sha1(context)
    case .md5(var context):
      MD5_Update(&context, bytes.baseAddress, bytes.count)
      state = .md5(context)
    }
  }

  /// CRC-32C (the polynomial of iSCSI, RFC 3720) by ISA-L, which leaves out the inversions and takes 2 GiB at most.
  private static func crc32c(_ bytes: UnsafeRawBufferPointer, after previous: UInt32) -> UInt32 {
    var sum = previous
    for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 30, bytes.count)])
      guard let base = piece.baseAddress else { break }
      let start = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
      sum = crc32_iscsi(start, Int32(piece.count), sum)
    }
    return sum
  }

  /// As it is written: a number with its highest byte first.
  package func finish() -> [UInt8] {
    switch state {
    case .crc32c(let sum): withUnsafeBytes(of: (~sum).bigEndian) { Array($0) }
    case .crc32(let sum): withUnsafeBytes(of: sum.bigEndian) { Array($0) }
    case .crc64nvme(let sum): withUnsafeBytes(of: sum.bigEndian) { Array($0) }
    case .sha256(var context): Self.digest(32) { SHA256_Final($0, &context) }
    case .sha1(var context): Self.digest(20) { SHA1_Final($0, &context) }
    case .md5(var context): Self.digest(16) { MD5_Final($0, &context) }
    }
  }

  private static func digest(_ length: Int, _ final: (UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      _ = final(buffer.baseAddress)
      count = length
    }
  }

  package static func of(_ bytes: [UInt8], _ kind: Kind) -> [UInt8] {
    var checksum = Checksum(kind)
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.finish()
  }
}
