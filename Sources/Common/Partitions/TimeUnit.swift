/// A unit of time as strftime(3) spells it in a layout, always in UTC.
package enum TimeUnit: Int, CaseIterable, Sendable {
  case year, month, day, dayOfYear, hour, minute, second, epoch

  init?(letter: UInt8) {
    guard let unit = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
    self = unit
  }

  /// The letter behind the `%`.
  var letter: UInt8 {
    switch self {
    case .year: UInt8(ascii: "Y")
    case .month: UInt8(ascii: "m")
    case .day: UInt8(ascii: "d")
    case .dayOfYear: UInt8(ascii: "j")
    case .hour: UInt8(ascii: "H")
    case .minute: UInt8(ascii: "M")
    case .second: UInt8(ascii: "S")
    case .epoch: UInt8(ascii: "s")
    }
  }

  /// How many digits it has, with leading zeros; nil for `%s`, which has as many as it needs.
  var width: Int? {
    switch self {
    case .year: 4
    case .dayOfYear: 3
    case .month, .day, .hour, .minute, .second: 2
    case .epoch: nil
    }
  }

  var values: ClosedRange<Int64> {
    switch self {
    case .year: 1...9999
    case .month: 1...12
    case .day: 1...31
    case .dayOfYear: 1...366
    case .hour: 0...23
    case .minute, .second: 0...59
    case .epoch: 0...Instant.bounds.upperBound
    }
  }

  /// The length in seconds; nil for a month and a year, which have no fixed one.
  var length: Int64? {
    switch self {
    case .year, .month: nil
    case .day, .dayOfYear: 86_400
    case .hour: 3600
    case .minute: 60
    case .second, .epoch: 1
    }
  }

  /// How exactly a time is known that has this unit and all greater ones.
  package var precision: Precision {
    switch self {
    case .year: .year
    case .month: .month
    case .day, .dayOfYear: .day
    case .hour: .hour
    case .minute: .minute
    case .second, .epoch: .second
    }
  }

  /// How exactly a time must be known already for this unit to put later times behind earlier ones.
  var needs: Precision {
    switch self {
    case .year, .epoch: .none
    case .month, .dayOfYear: .year
    case .day: .month
    case .hour: .day
    case .minute: .hour
    case .second: .minute
    }
  }
}

/// How much of a time is known, from the year downwards.
package enum Precision: Int, Comparable, Sendable {
  case none, year, month, day, hour, minute, second

  package static func < (a: Precision, b: Precision) -> Bool { a.rawValue < b.rawValue }
}
