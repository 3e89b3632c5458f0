/// What each scalar becomes in a token, looked up once in the standard library's tables for a page of 256 scalars.
struct ScalarPages: ~Copyable {
  /// The scalar ends a token.
  static let separator: UInt32 = .max
  /// Its lower case is more than one scalar: U+0130 and the like.
  static let several: UInt32 = .max - 1

  /// Made with the first scalar that is asked for: of most queries, none.
  private var pages: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>?
  private static let count = 0x11_0000 >> 8

  init() {}

  deinit {
    guard let pages else { return }
    for index in 0..<Self.count { pages[index]?.deallocate() }
    pages.deallocate()
  }

  mutating func lowered(_ scalar: Unicode.Scalar) -> UInt32 {
    let page = pages?[Int(scalar.value >> 8)] ?? load(scalar.value >> 8)
    return page[Int(scalar.value & 0xFF)]
  }

  private mutating func load(_ number: UInt32) -> UnsafeMutablePointer<UInt32> {
    let page = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for low in 0..<256 {
      let scalar = Unicode.Scalar(number << 8 | UInt32(low))
      (page + low).initialize(to: scalar.map(Self.lookUp) ?? Self.separator)
    }
    let pages = pages ?? .allocate(capacity: Self.count)
    if self.pages == nil { pages.initialize(repeating: nil, count: Self.count) }
    pages[Int(number)] = page
    self.pages = pages
    return page
  }

  private static func lookUp(_ scalar: Unicode.Scalar) -> UInt32 {
    guard belongsToWord(scalar.properties.generalCategory) else { return separator }
    let lower = scalar.properties.lowercaseMapping.unicodeScalars
    guard let first = lower.first, lower.count == 1 else { return several }
    return first.value
  }

  private static func belongsToWord(_ category: Unicode.GeneralCategory) -> Bool {
    switch category {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
