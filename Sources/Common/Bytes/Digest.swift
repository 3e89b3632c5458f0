internal import CCrypto

/// SHA-256 (FIPS 180-4) by libcrypto, fed piece by piece.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    context = Self.newContext()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// 32 bytes.
  package consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      count = 32
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

  private static func newContext() -> OpaquePointer {
    // Fails only where malloc does, and there Swift itself stops the process.
    guard let context = EVP_MD_CTX_new() else { fatalError("out of memory") }
    return context
  }
}

/// HMAC-SHA-256 (RFC 2104) by libcrypto.
package enum HMAC {
  /// 32 bytes.
  package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      CCrypto.HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, nil)
      count = 32
    }
  }
}
