import Foundation
import Synchronization

/// What a scalar is by Word_Break, as the derivation in UAX #29, table 3, has it, and what it is folded to.
struct SlowScalar {
  enum Kind {
    case other, letter, hebrew, digit, katakana, single, complex, extend, extendNumLet, midLetter, midNum,
      midNumLet, quote, doubleQuote
    case narrowSpace
  }

  var kind: Kind
  var text: String
  var vanishes = false
  var isASCII = false

  var makesWord: Bool { [.letter, .hebrew, .digit, .katakana, .single, .complex].contains(kind) }

  private static let known = Mutex<[Unicode.Scalar: SlowScalar]>([:])

  static func of(_ scalar: Unicode.Scalar) -> SlowScalar {
    if let known = known.withLock({ $0[scalar] }) { return known }
    let new = SlowScalar(scalar)
    known.withLock { $0[scalar] = new }
    return new
  }

  private init(_ scalar: Unicode.Scalar) {
    text = ""
    isASCII = scalar.isASCII
    kind = Self.isOld(scalar) ? Self.kind(scalar) : .other
    switch kind {
    case .midLetter, .midNum, .midNumLet, .quote, .doubleQuote: text = Self.punctuation(scalar, kind)
    case .extendNumLet: text = "_"
    case .narrowSpace: text = ""
    case .other: text = " "
    default:
      text = Self.folded(scalar)
      vanishes = text.isEmpty
    }
  }

  /// Whether Unicode 15.0 has it.
  private static func isOld(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major < 15 || age.major == 15 && age.minor == 0
  }

  // MARK: Word_Break

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    let properties = scalar.properties
    switch scalar.value {
    case 0x27: return .quote
    case 0x22: return .doubleQuote
    case 0x2E, 0x2018, 0x2019, 0x2024, 0xFE52, 0xFF07, 0xFF0E, 0x66B: return .midNumLet
    case 0x3A, 0xB7, 0x387, 0x55F, 0x5F4, 0x2027, 0xFE13, 0xFE55, 0xFF1A: return .midLetter
    case 0x2C, 0x3B, 0x37E, 0x589, 0x60C, 0x60D, 0x66C, 0x7F8, 0x2044, 0xFE10, 0xFE14, 0xFE50, 0xFE54, 0xFF0C,
      0xFF1B:
      return .midNum
    case 0x202F: return .narrowSpace
    case 0x309B, 0x309C: return .extend
    case 0x200B: return .other
    default: break
    }
    let category = properties.generalCategory
    if properties.isGraphemeExtend || category == .spacingMark || properties.isEmojiModifier
      || category == .format
    {
      return .extend
    }
    if category == .connectorPunctuation { return .extendNumLet }
    if category == .decimalNumber { return .digit }
    if isKatakana(scalar.value) { return .katakana }
    let isLetterOrNumber = "LN".contains(String(describing: Self.letter(of: category)))
    if (0x5D0...0x5F2).contains(scalar.value) || (0xFB1D...0xFB4F).contains(scalar.value),
      category == .otherLetter
    {
      return .hebrew
    }
    if isComplex(scalar.value), isLetterOrNumber { return .complex }
    if properties.isIdeographic || isHiragana(scalar.value) { return isLetterOrNumber ? .single : .other }
    if properties.isAlphabetic || isLetterByName(scalar.value) { return .letter }
    return isLetterOrNumber ? .single : .other
  }

  private static func letter(of category: Unicode.GeneralCategory) -> Character {
    switch category {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: "L"
    case .decimalNumber, .letterNumber, .otherNumber: "N"
    default: "-"
    }
  }

  /// Script=Katakana, and what table 3 names beside.
  private static func isKatakana(_ value: UInt32) -> Bool {
    let ranges: [ClosedRange<UInt32>] = [
      0x3031...0x3035, 0x30A0...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0x32D0...0x32FE, 0x3300...0x3357,
      0xFF66...0xFF9D, 0x1AFF0...0x1AFF3, 0x1AFF5...0x1AFFB, 0x1AFFD...0x1AFFE, 0x1B000...0x1B000,
      0x1B120...0x1B122, 0x1B155...0x1B155, 0x1B164...0x1B167,
    ]
    return ranges.contains { $0.contains(value) }
  }

  private static func isHiragana(_ value: UInt32) -> Bool {
    let ranges: [ClosedRange<UInt32>] = [
      0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F, 0x1B132...0x1B132, 0x1B150...0x1B152,
      0x1F200...0x1F200,
    ]
    return ranges.contains { $0.contains(value) }
  }

  /// The blocks of Line_Break=SA.
  private static func isComplex(_ value: UInt32) -> Bool {
    let ranges: [ClosedRange<UInt32>] = [
      0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17EF, 0x1950...0x19DF, 0x1A20...0x1AAF, 0xA9E0...0xA9FF,
      0xAA60...0xAADF,
      0x11700...0x1174F,
    ]
    return ranges.contains { $0.contains(value) }
  }

  /// Symbols that table 3 counts as letters.
  private static func isLetterByName(_ value: UInt32) -> Bool {
    let ranges: [ClosedRange<UInt32>] = [
      0x2C2...0x2C5, 0x2D2...0x2D7, 0x2DE...0x2DF, 0x2E5...0x2EB, 0x2ED...0x2ED, 0x2EF...0x2FF, 0x55A...0x55C,
      0x55E...0x55E, 0x58A...0x58A,
      0x5F3...0x5F3, 0xA708...0xA716, 0xA720...0xA721, 0xA789...0xA78A, 0xAB5B...0xAB5B,
    ]
    return ranges.contains { $0.contains(value) }
  }

  // MARK: Folding

  private static func punctuation(_ scalar: Unicode.Scalar, _ kind: Kind) -> String {
    let plain = String(scalar).decomposedStringWithCompatibilityMapping
    if plain.count == 1, ".:,;'\"".contains(plain) { return plain }
    switch scalar.value {
    case 0x66B: return "."
    case 0x2044: return ";"
    default: return kind == .midLetter ? ":" : kind == .midNum ? "," : "'"
    }
  }

  private static func folded(_ scalar: Unicode.Scalar) -> String {
    if (0xAC00...0xD7A3).contains(scalar.value) { return String(scalar) }
    var text = String(scalar)
    while true {
      let next = foldedOnce(text)
      if next.unicodeScalars.elementsEqual(text.unicodeScalars) { break }
      text = next
    }
    if scalar.value == 0x215F { return "1" }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.compactMap { scalar in
          scalar == "\u{2044}"
            ? ";"
            : "LN".contains(letter(of: scalar.properties.generalCategory)) || isMark(scalar) ? scalar : nil
        }))
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
  }

  private static let letters: [Unicode.Scalar: String] = [
    "æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "œ": "oe",
    "ŧ": "t",
    "\u{640}": "", "\u{629}": "\u{647}", "\u{649}": "\u{64A}", "\u{6A9}": "\u{643}", "\u{6CC}": "\u{64A}",
  ]

  private static func foldedOnce(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in caseless(text.decomposedStringWithCompatibilityMapping)
      .decomposedStringWithCompatibilityMapping.unicodeScalars
    {
      let properties = scalar.properties
      if properties.isDefaultIgnorableCodePoint
        || [.format, .spaceSeparator].contains(properties.generalCategory) || isDiacritic(scalar)
      {
        continue
      }
      if properties.generalCategory == .decimalNumber, let value = properties.numericValue {
        result.append(contentsOf: String(Int(value)).unicodeScalars)
      } else {
        result.append(contentsOf: letters[scalar].map { Array($0.unicodeScalars) } ?? [scalar])
      }
    }
    return String(result)
  }

  /// Case folding: Cherokee is folded to its capitals, all else to small letters.
  private static func caseless(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      let upper = scalar.properties.uppercaseMapping
      if upper.unicodeScalars.contains(where: { (0x13A0...0x13F5).contains($0.value) }) { return upper }
      return upper.unicodeScalars.map(\.properties.lowercaseMapping).joined()
    }.joined()
  }

  /// Nonspacing and enclosing marks of the scripts Inherited, Latin, Greek, Cyrillic, Hebrew and Arabic.
  private static func isDiacritic(_ scalar: Unicode.Scalar) -> Bool {
    guard [.nonspacingMark, .enclosingMark].contains(scalar.properties.generalCategory) else { return false }
    let ranges: [ClosedRange<UInt32>] = [
      0x300...0x36F, 0x483...0x489, 0x591...0x5C7, 0x610...0x61A, 0x64B...0x65F, 0x670...0x670, 0x6D6...0x6ED,
      0x898...0x89F, 0x8CA...0x8FF,
      0x951...0x954, 0x1AB0...0x1ACE, 0x1CD0...0x1CF9, 0x1DC0...0x1DFF, 0x20D0...0x20F0, 0x2DE0...0x2DFF,
      0x302A...0x302D, 0xA66F...0xA67D, 0xA69E...0xA69F,
      0xFB1E...0xFB1E, 0xFE00...0xFE2F, 0x101FD...0x101FD, 0x102E0...0x102E0, 0x10EFD...0x10EFF,
      0x1133B...0x1133B, 0x1CF00...0x1CF46, 0x1D167...0x1D169, 0x1D17B...0x1D1AD, 0x1D242...0x1D244,
      0x1E08F...0x1E08F, 0xE0100...0xE01EF,
    ]
    return ranges.contains { $0.contains(scalar.value) }
  }
}
