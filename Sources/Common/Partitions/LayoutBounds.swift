/// The texts between which all names of a range of times lie, in byte order.
package struct TextBounds: Equatable, Sendable {
  /// Every name of the range begins with a text from `lower` to `upper`, both included, of their length.
  package fileprivate(set) var lower: [UInt8] = []
  package fileprivate(set) var upper: [UInt8] = []
  /// No piece was left out: the names go no further than the bounds do.
  package fileprivate(set) var isComplete = true

  /// What all names of the range begin with.
  package var prefix: [UInt8] { zip(lower, upper).prefix { $0 == $1 }.map(\.0) }

  /// The one name that the range can have, if it is only one.
  package var onlyName: [UInt8]? { isComplete && lower == upper ? lower : nil }

  /// Whether all of the range's names sort before this one.
  package func isPast(_ name: ArraySlice<UInt8>) -> Bool {
    upper.lexicographicallyPrecedes(name.prefix(upper.count))
  }

  fileprivate mutating func append(_ first: [UInt8], _ last: [UInt8]) {
    lower += first
    upper += last
  }
}

extension [Layout.Piece] {
  /// Bounds for the names of the times in a range, which is not empty, that have the units that are known.
  ///
  /// Names sort as their times do as long as each unit comes behind all greater ones, or these are the same all over the
  /// range. The bounds end before the first unit that does not; in `%Y/*/%d` they are four digits.
  package func bounds(over range: Range<Int64>, knowing known: PartialTime) -> TextBounds {
    let range = range.clamped(to: known.slot)
    guard !range.isEmpty else { return TextBounds(isComplete: false) }
    let (first, last) = (CivilTime(range.lowerBound), CivilTime(range.upperBound - 1))
    var order = first.precisionShared(with: last)
    var bounds = TextBounds()
    for piece in self {
      switch piece {
      case .literal(let bytes): bounds.append(bytes, bytes)
      case .unit(let unit):
        let value = known[unit].map(unit.text)
        guard let text = value ?? unit.text(of: first), let end = value ?? unit.text(of: last),
          text.count == end.count, value != nil || order >= unit.needs
        else { return bounds.cut() }
        bounds.append(text, end)
        if value == nil { order = Swift.max(order, unit.precision) }
      case .any: return bounds.cut()
      }
    }
    return bounds
  }
}

extension TextBounds {
  fileprivate func cut() -> TextBounds {
    var bounds = self
    bounds.isComplete = false
    return bounds
  }
}
