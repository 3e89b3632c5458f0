/// What a key names.
package enum KeyKind: UInt64, Sendable {
  /// A document; where it is mentioned.
  case id
  /// A group; the records that name it, but for deletes.
  case group
  /// A group; the records that delete it.
  case groupDelete
}

/// 44 bits of an id or a group, the rest zero. Equal keys have equal hashes, and a key of one kind has another hash than the same of another.
///
/// It is kept in files, and so never changes: eight bytes at a time, each folded in by a multiplication to 128 bits.
package enum KeyHash {
  /// In front. With that many, a batch meets a key of the same hash as one of its own once in a hundred times; then that one
  /// is folded again, too.
  static let bits = 44
  private static let spread: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let mixer: UInt64 = 0xD6E8_FEB8_6659_FD93

  package static func hash(_ kind: KeyKind, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    switch kind {
    case .id: hash(bytes, spread) & mask
    case .group: hash(bytes, mixer) & mask
    case .groupDelete: deletes(ofGroup: hash(bytes, mixer))
    }
  }

  /// The hash for deletes of a group, by the hash of the group.
  package static func deletes(ofGroup hash: UInt64) -> UInt64 { (hash ^ spread) & mask }

  /// Which of so many equal shares of all hashes it falls in.
  package static func share(_ hash: UInt64, of shares: Int) -> Int {
    Int(hash.multipliedFullWidth(by: UInt64(shares)).high)
  }

  private static let mask: UInt64 = ~0 << UInt64(64 - bits)

  private static func hash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
    var hash = mix(seed, UInt64(truncatingIfNeeded: bytes.count) ^ mixer)
    guard let base = bytes.baseAddress else { return hash }
    var at = 0
    while at + 8 < bytes.count {
      hash = mix(hash ^ base.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian, spread)
      at += 8
    }
    return mix(mix(hash ^ tail(base + at, bytes.count - at), mixer), spread)
  }

  /// The last bytes, at most eight, as a number.
  private static func tail(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count == 8 { return base.loadUnaligned(as: UInt64.self).littleEndian }
    if count >= 4 {
      let low = UInt64(base.loadUnaligned(as: UInt32.self).littleEndian)
      let high = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self).littleEndian)
      return high << 32 | low
    }
    var word: UInt64 = 0
    for index in 0..<count { word = word << 8 | UInt64(base.load(fromByteOffset: index, as: UInt8.self)) }
    return word
  }

  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low ^ a &>> 29
  }
}
