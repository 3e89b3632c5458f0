extension Layout {
  /// All that the components from this level on are spelled with, slashes between them.
  package func pieces(from level: Int) -> [Piece] {
    Array(components[level...].joined(separator: [.literal([UInt8(ascii: "/")])]))
  }

  /// The units in the components before this level.
  package func units(before level: Int) -> Set<TimeUnit> {
    Set(components[..<level].joined().compactMap { if case .unit(let unit) = $0 { unit } else { nil } })
  }

  /// What everything between the bounds of the range is limited to, below one directory of this level: to the range's
  /// own seconds, hours, days ... or, with `.none`, to nothing.
  ///
  /// That goes as far as units are spelled from the greatest to the smallest, or are the same all over the range. `%s`
  /// counts as if all of them had as many digits: from 2001 to 2286 they have ten.
  package func coverage(from level: Int, over range: Range<Int64>) -> Precision {
    guard !range.isEmpty else { return .second }
    let (first, last) = (CivilTime(range.lowerBound), CivilTime(range.upperBound - 1))
    let shared = first.precisionShared(with: last)
    var spelled = units(before: level)
    for piece in pieces(from: level) {
      if case .any = piece { break }
      guard case .unit(let unit) = piece else { continue }
      let inOrder = unit.needs <= Precision(of: spelled) || unit.precision <= shared
      let sameLength = unit.text(of: first)?.count == unit.text(of: last)?.count
      guard spelled.contains(unit) || inOrder && sameLength else { break }
      spelled.insert(unit)
    }
    return Precision(of: spelled)
  }
}

extension Precision {
  /// How exactly a time is known of which these units are known.
  init(of units: Set<TimeUnit>) {
    self = units.sorted { $0.rawValue < $1.rawValue }
      .reduce(.none) { $1.needs <= $0 ? max($0, $1.precision) : $0 }
  }

  /// Seconds, of months and years on average; nil for nothing.
  package var length: Int64? {
    switch self {
    case .none: nil
    case .year: 31_556_952
    case .month: 2_629_746
    case .day: 86_400
    case .hour: 3600
    case .minute: 60
    case .second: 1
    }
  }
}
