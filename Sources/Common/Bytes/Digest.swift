internal import CCrypto

/// SHA-256 (FIPS 180-4) by libcrypto, fed piece by piece.
package struct SHA256: ~Copyable {
  package static let length = 32

  private var context = SHA256_CTX()

  package init() { SHA256_Init(&context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// 32 bytes.
  package consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, count in
      SHA256_Final(buffer.baseAddress, &context)
      count = Self.length
    }
  }

  package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finish()
  }

  package static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { hash($0) } }

  /// 64 lower-case hexadecimal digits.
  package static func hex(_ bytes: [UInt8]) -> String { Hex.encode(hash(bytes)) }
}

/// HMAC-SHA-256 (RFC 2104).
package enum HMAC {
  private static let blockLength = 64

  /// 32 bytes: hash(key ^ 5c..., hash(key ^ 36..., message)), the key filled up with zeros to a block.
  package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let short = key.count > blockLength ? SHA256.hash(key) : key
    let block = short + Array(repeating: 0, count: blockLength - short.count)
    return SHA256.hash(block.map { $0 ^ 0x5C } + SHA256.hash(block.map { $0 ^ 0x36 } + message))
  }
}
