internal import CWords

/// A text whose words the rules for ASCII find: folded, but for A to Z.
///
/// What is not ASCII is a letter here. So a scalar that is part of a word but stands for no letter becomes what joins its
/// neighbours alike: digits of any script 0 to 9, punctuation within words `'`, `:` or `,`. A blank stands for all that parts words, and wherever
/// else UAX #29 has a boundary that ASCII's rules would not see. FoldedText+Scalars has the scalars that need more than that.
struct FoldedText: ~Copyable {
  /// What may be written behind `count` unasked: the end of a block, and of the widest store.
  static let slack = 192

  private(set) var base: UnsafeMutablePointer<UInt8>
  var count = 0
  private var capacity = 0
  var pages: ScalarPages
  /// Whether it is a word that was found before: its marks and quotes are what they are.
  let isOneWord: Bool

  init(_ form: ScalarPages.Form, isOneWord: Bool = false) {
    self.isOneWord = isOneWord
    pages = ScalarPages(form)
    base = .allocate(capacity: Self.slack)
  }

  deinit { base.deallocate() }

  /// Room for `extra` more bytes.
  @inline(__always)
  mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  private mutating func grow(_ extra: Int) {
    capacity = max(capacity * 2, count + extra, 4096)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.slack)
    new.update(from: base, count: count)
    base.deallocate()
    base = new
  }

  // MARK: Writing

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  mutating func append(_ scalar: Unicode.Scalar) { UTF8.encode(scalar)?.forEach { append($0) } }

  @inline(__always)
  mutating func append(_ entry: ScalarPages.Entry, of scalar: Unicode.Scalar) {
    reserve(8)
    UnsafeMutableRawPointer(base + count).storeBytes(of: entry.text.littleEndian, as: UInt64.self)
    if entry.length != ScalarPages.Entry.long { count += entry.length } else { appendLong(scalar) }
  }

  private mutating func appendLong(_ scalar: Unicode.Scalar) {
    for byte in pages.longText(scalar) { append(byte) }
  }

  // MARK: Reading

  /// Folds a whole text, in place of the one before, and puts zeros behind it.
  mutating func fold(_ text: UnsafeRawBufferPointer) {
    count = 0
    guard let start = text.baseAddress else { return }
    var at = 0
    while at < text.count {
      reserve(text.count - at + 16)
      let source = (start + at).assumingMemoryBound(to: UInt8.self)
      let ascii = cwords_copy_ascii(base + count, source, text.count - at)
      count += ascii
      at += ascii
      while at < text.count, text[at] >= 0x80 { appendScalar(text, &at) }
    }
    reserve(64)
    (base + count).update(repeating: 0, count: 64)
  }

  @inline(__always)
  private mutating func appendScalar(_ text: UnsafeRawBufferPointer, _ at: inout Int) {
    guard let scalar = text.scalar(&at) else { return append(0x20) }
    let entry = pages.entry(scalar)
    if entry.isPlain { append(entry, of: scalar) } else { appendSpecial(scalar, entry, text, &at) }
  }
}

extension UnsafeRawBufferPointer {
  /// The scalar at `at`, which is not ASCII, and moves behind it; nil for a byte that begins none, which is then passed over.
  @inline(__always)
  func scalar(_ at: inout Int) -> Unicode.Scalar? {
    let first = UInt32(self[at])
    if first >= 0xC2, first < 0xE0, at + 1 < count, self[at + 1] & 0xC0 == 0x80 {
      defer { at += 2 }
      return Unicode.Scalar(first << 6 & 0x7C0 | UInt32(self[at + 1] & 0x3F))
    }
    return longerScalar(&at)
  }

  private func longerScalar(_ at: inout Int) -> Unicode.Scalar? {
    let first = UInt32(self[at])
    let length = first >= 0xF0 ? 4 : 3
    var value = first & (length == 4 ? 0x07 : 0x0F)
    guard first >= 0xE0, first < 0xF8, at + length <= count else {
      at += 1
      return nil
    }
    for offset in 1..<length {
      guard self[at + offset] & 0xC0 == 0x80 else {
        at += 1
        return nil
      }
      value = value << 6 | UInt32(self[at + offset] & 0x3F)
    }
    guard value >= (length == 4 ? 0x1_0000 : 0x800), let scalar = Unicode.Scalar(value) else {
      at += 1
      return nil
    }
    at += length
    return scalar
  }
}
