internal import Glibc

/// Bytes to sort by, in the order of memcmp, the shorter first where one begins the other.
struct ByteKey {
  /// The first eight bytes, big-endian, with zeros behind a shorter text: decides most comparisons.
  private let prefix: UInt64
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    var prefix: UInt64 = 0
    withUnsafeMutableBytes(of: &prefix) { $0.copyMemory(from: .init(rebasing: bytes.prefix(8))) }
    self.prefix = UInt64(bigEndian: prefix)
  }

  static func < (a: ByteKey, b: ByteKey) -> Bool {
    a.prefix == b.prefix ? a.order(behindPrefix: b) < 0 : a.prefix < b.prefix
  }

  static func == (a: ByteKey, b: ByteKey) -> Bool {
    a.prefix == b.prefix && a.bytes.count == b.bytes.count && a.order(behindPrefix: b) == 0
  }

  private func order(behindPrefix other: ByteKey) -> Int {
    let common = min(bytes.count, other.bytes.count)
    if common > 8, let a = bytes.baseAddress, let b = other.bytes.baseAddress {
      let order = memcmp(a + 8, b + 8, common - 8)
      if order != 0 { return Int(order) }
    }
    return bytes.count - other.bytes.count
  }
}

/// That one record speaks of a document, or of a group.
struct Mention {
  let key: ByteKey
  let place: Place

  /// By key, and for each in slice order.
  static func < (a: Mention, b: Mention) -> Bool { a.key == b.key ? a.place < b.place : a.key < b.key }
}

/// A record's place in slice order: its object's, then its own in the object.
struct Place: Comparable {
  private let number: UInt64

  /// More objects than that are not in a slice.
  static let mostObjects = 1 << 24
  static let end = Place(number: .max)

  private init(number: UInt64) { self.number = number }

  init(object: Int, record: Int) {
    number = UInt64(truncatingIfNeeded: object) << 40 | UInt64(truncatingIfNeeded: record)
  }

  var object: Int { Int(truncatingIfNeeded: number >> 40) }
  var record: Int { Int(truncatingIfNeeded: number & (1 << 40 - 1)) }

  static func < (a: Place, b: Place) -> Bool { a.number < b.number }
}
