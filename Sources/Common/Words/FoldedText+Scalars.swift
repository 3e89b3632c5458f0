// The scalars whose neighbours decide what becomes of them.

extension FoldedText {
  /// A scalar that is more than plain, and those behind it that it decides about.
  @inline(never)
  mutating func appendSpecial(
    _ scalar: Unicode.Scalar, _ entry: ScalarPages.Entry, _ text: UnsafeRawBufferPointer, _ at: inout Int
  ) {
    switch entry.kind {
    case .plain: append(entry, of: scalar)
    case .mark: if isOneWord || endsInLetter { appendMark(entry, of: scalar) }
    case .jamo: if !completeSyllable(entry) { append(entry, of: scalar) }
    case .hebrew:
      append(entry, of: scalar)
      appendMarks(text, &at)
      if !isOneWord { appendHebrewQuote(text, &at) }
    case .narrowSpace: appendNarrowSpace(text, &at)
    case .single:
      append(0x20)
      append(entry, of: scalar)
      appendMarks(text, &at)
      append(0x20)
    case .katakana, .complex:
      if entry.kind == .complex || last != UInt8(ascii: "_") { append(0x20) }
      append(entry, of: scalar)
      appendRun(of: entry.kind, text, &at)
    }
  }

  private var last: UInt8 { count > 0 ? base[count - 1] : 0x20 }

  private var endsInLetter: Bool {
    last >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= last | 0x20
  }

  // MARK: Looking ahead

  private struct Ahead {
    let kind: ScalarKind
    /// The first byte of what stands for it.
    let byte: UInt8
    /// Where it begins.
    let at: Int

    /// ALetter or Hebrew_Letter of UAX #29.
    var isLetter: Bool {
      switch kind {
      case .hebrew, .jamo: true
      case .plain: byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
      default: false
      }
    }
    var isDigit: Bool { kind == .plain && UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
  }

  /// The next scalar that isn't a mark or passed over.
  private mutating func ahead(_ text: UnsafeRawBufferPointer, _ from: Int) -> Ahead {
    var (at, start) = (from, from)
    while at < text.count {
      start = at
      if text[at] < 0x80 { return Ahead(kind: .plain, byte: text[at], at: at) }
      guard let scalar = text.scalar(&at) else { break }
      let entry = pages.entry(scalar)
      if entry.vanishes || entry.kind == .mark {
        start = at
        continue
      }
      // A text of more than seven bytes is none of ASCII.
      let byte = entry.length == ScalarPages.Entry.long ? 0xFF : UInt8(truncatingIfNeeded: entry.text)
      return Ahead(kind: entry.kind, byte: byte, at: start)
    }
    return Ahead(kind: .plain, byte: 0x20, at: start)
  }

  // MARK: Marks

  /// The marks, and what is passed over, up to the next scalar that is neither.
  private mutating func appendMarks(_ text: UnsafeRawBufferPointer, _ at: inout Int) {
    let end = ahead(text, at).at
    while at < end, let scalar = text.scalar(&at) {
      let entry = pages.entry(scalar)
      if !entry.vanishes { appendMark(entry, of: scalar) }
    }
  }

  /// In canonical order: a mark of a lower combining class goes before one of a higher.
  private mutating func appendMark(_ entry: ScalarPages.Entry, of scalar: Unicode.Scalar) {
    let start = count
    append(entry, of: scalar)
    let rank = Self.rank(at: start, in: base, count)
    guard rank > 0 else { return }
    var place = start
    while place > 0 {
      var before = place - 1
      while before > 0, base[before] & 0xC0 == 0x80 { before -= 1 }
      guard Self.rank(at: before, in: base, place) > rank else { break }
      place = before
    }
    if place < start {
      let mark = Array(UnsafeBufferPointer(start: base + start, count: count - start))
      (base + place + mark.count).update(from: base + place, count: start - place)
      (base + place).update(from: mark, count: mark.count)
    }
  }

  private static func rank(at start: Int, in base: UnsafeMutablePointer<UInt8>, _ end: Int) -> UInt8 {
    var at = start
    let text = UnsafeRawBufferPointer(UnsafeBufferPointer(start: base, count: end))
    guard text[start] >= 0x80, let scalar = text.scalar(&at) else { return 0 }
    return scalar.properties.canonicalCombiningClass.rawValue
  }

  // MARK: Scripts

  /// The rest of a run of one kind, which begins and ends in a word of its own; Katakana joins `_`.
  private mutating func appendRun(of kind: ScalarKind, _ text: UnsafeRawBufferPointer, _ at: inout Int) {
    while true {
      appendMarks(text, &at)
      let next = ahead(text, at)
      if kind == .katakana && next.kind == .plain && next.byte == UInt8(ascii: "_") { return }
      guard next.kind == kind, let scalar = text.scalar(&at) else { break }
      append(pages.entry(scalar), of: scalar)
    }
    append(0x20)
  }

  /// Behind a Hebrew letter `'` is a geresh, and `"` a gershayim where another one follows: WB7a to WB7c.
  private mutating func appendHebrewQuote(_ text: UnsafeRawBufferPointer, _ at: inout Int) {
    guard at < text.count else { return }
    let behind = ahead(text, at + 1)
    if text[at] == UInt8(ascii: "'") {
      append("\u{5F3}")
      at = behind.at
      if !behind.isLetter { append(0x20) }
    } else if text[at] == UInt8(ascii: "\""), behind.kind == .hebrew {
      append(UInt8(ascii: ":"))
      at = behind.at
    }
  }

  private mutating func appendNarrowSpace(_ text: UnsafeRawBufferPointer, _ at: inout Int) {
    let behind = ahead(text, at)
    let joins = endsInLetter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= last
    if joins && (behind.isLetter || behind.isDigit) { at = behind.at } else { append(0x20) }
  }

  /// Hangul's arithmetic: chapter 3.12 of the Unicode standard. Whether the scalar became part of the one before.
  private mutating func completeSyllable(_ entry: ScalarPages.Entry) -> Bool {
    let text = UnsafeRawBufferPointer(UnsafeBufferPointer(start: base, count: count))
    var (at, place) = (0, count - 3)
    guard place >= 0, text[place] & 0xF0 == 0xE0, let before = text.scalar(&place)?.value else {
      return false
    }
    let jamo = withUnsafeBytes(of: entry.text.littleEndian) { $0.scalar(&at)?.value } ?? 0
    let syllable: UInt32
    if 0x1100..<0x1113 ~= before, 0x1161..<0x1176 ~= jamo {
      syllable = 0xAC00 + ((before - 0x1100) * 21 + (jamo - 0x1161)) * 28
    } else if 0xAC00..<0xD7A4 ~= before, (before - 0xAC00) % 28 == 0, 0x11A8..<0x11C3 ~= jamo {
      syllable = before + (jamo - 0x11A7)
    } else {
      return false
    }
    count -= 3
    if let scalar = Unicode.Scalar(syllable) { append(scalar) }
    return true
  }
}
