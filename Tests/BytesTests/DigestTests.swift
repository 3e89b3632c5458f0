import Bytes
import Testing

/// SHA-256 and HMAC by the vectors of FIPS 180-2 and RFC 4231.
struct DigestTests {
  @Test(arguments: [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func `the hash of a text repeated so often, at once and in pieces`(text: String, count: Int, hash: String) {
    #expect(SHA256.hex(Array(String(repeating: text, count: count).utf8)) == hash)
    var digest = SHA256()
    for _ in 0..<count { digest.update(text) }
    #expect(Hex.encode(digest.finish()) == hash)
  }

  @Test(arguments: [
    (
      "Jefe", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ])
  func `the code of a message by a short key`(key: String, message: String, code: String) {
    #expect(Hex.encode(HMAC.sha256(key: Array(key.utf8), Array(message.utf8))) == code)
  }

  @Test(arguments: [
    (64, "84332a7580ed3cf75de83c644c8d2c1c262ad90e0190e5c5ae4b82b2102e8e75"),
    (65, "c62955a96944ff68deabbc0eab6192065c1c55bb8ddee16151ed5337f911eab9"),
    (131, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  ])
  func `a key longer than a block is hashed first`(length: Int, code: String) {
    let message = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
    #expect(Hex.encode(HMAC.sha256(key: Array(repeating: 0xAA, count: length), message)) == code)
  }
}
