/// What each scalar is in a word and what stands for it, a page of 256 scalars at a time, made when one of it is first met.
struct ScalarPages: ~Copyable {
  /// A scalar's kind in four bits, the length of its text in four, and the text in up to seven bytes.
  struct Entry {
    let bits: UInt64

    static let separator = Entry(.plain, [0x20])
    /// Stands as a length for a text that is longer.
    static let long = 15

    init(_ kind: ScalarKind, _ text: [UInt8]) {
      let length = text.count <= 7 ? text.count : Self.long
      var bits = UInt64(kind.rawValue) | UInt64(length) << 4
      if length != Self.long {
        for (index, byte) in text.enumerated() { bits |= UInt64(byte) << UInt64(8 + 8 * index) }
      }
      self.bits = bits
    }

    var isPlain: Bool { bits & 0xF == 0 }
    var kind: ScalarKind { ScalarKind(rawValue: UInt8(bits & 0xF)) ?? .plain }
    var length: Int { Int(bits >> 4 & 0xF) }
    var text: UInt64 { bits >> 8 }
    var vanishes: Bool { bits & 0xFF == 0 }
  }

  /// What letters with marks become.
  enum Form {
    /// Letters without marks, in one case.
    case folded
    /// Letters as stemmers know them: in lower case, with the marks that they have by nature.
    case lowered
  }

  private let form: Form
  /// Made with the first scalar that is asked for: of most queries, none.
  private var pages: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?
  /// The texts of more than seven bytes.
  private var long: [UInt32: [UInt8]] = [:]
  private static let count = 0x11_0000 >> 8
  /// The scripts whose letters have marks that a stemmer wants to see: from Latin to Sinhala, and more of Latin and Greek.
  private static let stemmed: [Range<UInt32>] = [0xC0..<0xE00, 0x1E00..<0x2000]

  init(_ form: Form) {
    self.form = form
  }

  deinit {
    guard let pages else { return }
    for index in 0..<Self.count { pages[index]?.deallocate() }
    pages.deallocate()
  }

  @inline(__always)
  mutating func entry(_ scalar: Unicode.Scalar) -> Entry {
    let page = pages?[Int(scalar.value >> 8)] ?? load(scalar.value >> 8)
    return page[Int(scalar.value & 0xFF)]
  }

  func longText(_ scalar: Unicode.Scalar) -> [UInt8] { long[scalar.value] ?? [] }

  @inline(never)
  private mutating func load(_ number: UInt32) -> UnsafeMutablePointer<Entry> {
    let page = UnsafeMutablePointer<Entry>.allocate(capacity: 256)
    page.initialize(repeating: .separator, count: 256)
    let pages = pages ?? .allocate(capacity: Self.count)
    if self.pages == nil { pages.initialize(repeating: nil, count: Self.count) }
    pages[Int(number)] = page
    self.pages = pages
    let scalars = number << 8..<(number + 1) << 8
    let data = UnicodeData.shared
    for kinds in data.kinds[UnicodeData.first(of: data.kinds, behind: scalars.lowerBound, \.scalars)...] {
      guard kinds.scalars.lowerBound < scalars.upperBound else { break }
      for scalar in kinds.scalars.clamped(to: scalars) {
        set(scalar, kinds.kind, to: kinds.vanish ? [] : [scalar], in: page)
      }
    }
    for folds in data.folds[UnicodeData.first(of: data.folds, behind: scalars.lowerBound, \.scalars)...] {
      guard folds.scalars.lowerBound < scalars.upperBound else { break }
      for scalar in folds.scalars.clamped(to: scalars) {
        let rise = folds.rises ? scalar - folds.scalars.lowerBound : 0
        set(scalar, page[Int(scalar & 0xFF)].kind, to: folds.text.map { $0 &+ rise }, in: page)
      }
    }
    return page
  }

  private mutating func set(
    _ scalar: UInt32, _ kind: ScalarKind, to text: [UInt32], in page: UnsafeMutablePointer<Entry>
  ) {
    var bytes: [UInt8] = []
    if let lower = lowered(scalar), !text.isEmpty {
      bytes = Array(lower.utf8)
    } else {
      for scalar in text.compactMap(Unicode.Scalar.init) {
        bytes += UTF8.encode(scalar).map(Array.init) ?? []
      }
    }
    page[Int(scalar & 0xFF)] = Entry(kind, bytes)
    if bytes.count > 7 { long[scalar] = bytes }
  }

  /// What a stemmer wants to see of a scalar, where that isn't what it is folded to.
  private func lowered(_ scalar: UInt32) -> String? {
    guard form == .lowered, Self.stemmed.contains(where: { $0.contains(scalar) }),
      let properties = Unicode.Scalar(scalar)?.properties, properties.isAlphabetic
    else { return nil }
    return properties.lowercaseMapping
  }
}
