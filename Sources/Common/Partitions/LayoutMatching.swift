extension Layout {
  /// The directory of the partition that begins at this time; nil where a `*` leaves it open, or the time can't be spelled.
  package func path(of time: Instant) -> [UInt8]? {
    let names = components.compactMap { $0.name(at: time) }
    return names.count == components.count ? Array(names.joined(separator: [UInt8(ascii: "/")])) : nil
  }
}

extension [Layout.Piece] {
  /// What is known with this name of a directory as well; nil where the name is not spelled like this component, or
  /// contradicts what is known. Whether such a time exists remains to be seen.
  package func match(_ name: ArraySlice<UInt8>, knowing known: PartialTime) -> PartialTime? {
    var known = known
    var rest = name
    for piece in self {
      switch piece {
      case .any(let ending):
        let fits = rest.count >= ending.count && rest.suffix(ending.count) == ending[...]
        let isName = !name.isEmpty && (rest.startIndex > name.startIndex || !Layout.isIgnored(name))
        return fits && isName ? known : nil
      case .literal(let bytes):
        guard rest.starts(with: bytes) else { return nil }
        rest = rest.dropFirst(bytes.count)
      case .unit(let unit):
        guard let digits = unit.digits(of: rest), known.learn(unit, digits.value) else { return nil }
        rest = rest.dropFirst(digits.count)
      }
    }
    return rest.isEmpty ? known : nil
  }

  /// The name at this time; nil for `*`, and where `%s` would be negative.
  package func name(at time: Instant) -> [UInt8]? {
    let civil = CivilTime(time.seconds)
    var name: [UInt8] = []
    for piece in self {
      switch piece {
      case .any: return nil
      case .literal(let bytes): name += bytes
      case .unit(let unit):
        guard let text = unit.text(of: civil) else { return nil }
        name += text
      }
    }
    return name
  }
}

extension TimeUnit {
  /// The number that begins the text, in exactly the digits that this unit has.
  func digits(of text: ArraySlice<UInt8>) -> (value: Int64, count: Int)? {
    let digits = text.prefix(width ?? Self.longest + 1).prefix(while: isDigit)
    if let width { guard digits.count == width else { return nil } }
    let spelledOtherwise = width == nil && digits.count > 1 && digits.first == UInt8(ascii: "0")
    guard (1...Self.longest).contains(digits.count), !spelledOtherwise else { return nil }
    return (digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }, digits.count)
  }

  /// The digits of `Instant.bounds.upperBound`, the latest `%s`.
  private static let longest = 12

  /// Nil where `%s` would be negative.
  func text(of time: CivilTime) -> [UInt8]? {
    time[self] < 0 ? nil : text(of: time[self])
  }

  func text(of value: Int64) -> [UInt8] { Array(pad(value, width ?? 1).utf8) }
}
