/// How an entry of a file of keys is packed, with `bits` bits of the hash in its bucket's number:
///
///     44 - bits   of the hash, those behind the bucket's number
///     2           the kind
///     18 + bits   the address
///
/// So the more entries a file has, the more room there is for addresses.
struct KeyEntry {
  static let kindBits = 2
  static let maxBits = 24
  /// Addresses of more bits are in no file.
  static let mostAddressBits = 64 - kindBits - KeyHash.bits + maxBits

  let bits: Int

  var addressBits: Int { 64 - Self.kindBits - KeyHash.bits + bits }
  var buckets: Int { 1 << bits }

  private var addressMask: UInt64 { 1 << UInt64(addressBits) - 1 }

  func bucket(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> UInt64(64 - bits)) }

  func packed(_ hash: UInt64, _ kind: UInt64, _ address: UInt64) -> UInt64 {
    hash << UInt64(bits) | kind << UInt64(addressBits) | address
  }

  /// Whether the entry, of the bucket of that hash, is of it and of that kind.
  func matches(_ entry: UInt64, _ hash: UInt64, _ kind: UInt64) -> Bool {
    (entry ^ packed(hash, kind, 0)) >> UInt64(addressBits) == 0
  }

  func hash(_ entry: UInt64, bucket: Int) -> UInt64 {
    let front = UInt64(truncatingIfNeeded: bucket) << UInt64(64 - bits)
    return front | entry >> UInt64(bits) & ~(1 << UInt64(64 - KeyHash.bits) - 1)
  }

  func kind(_ entry: UInt64) -> UInt64 { entry >> UInt64(addressBits) & (1 << UInt64(Self.kindBits) - 1) }
  func address(_ entry: UInt64) -> UInt64 { entry & addressMask }
}

extension KeyEntry {
  private static let entriesPerBucket = 16

  /// For so many entries at most, with addresses below the limit.
  init(entries: Int, addresses: UInt64) {
    var bits = 0
    while bits < Self.maxBits, entries >> bits > Self.entriesPerBucket { bits += 1 }
    while bits < Self.maxBits, addresses >> UInt64(KeyEntry(bits: bits).addressBits) > 0 { bits += 1 }
    self.init(bits: bits)
  }
}
