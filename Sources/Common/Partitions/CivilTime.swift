/// A time as the calendar and the clock have it, in UTC.
struct CivilTime {
  let seconds: Int64
  let year, month, day: Int64
  /// Seconds since midnight.
  let clock: Int64

  /// `seconds` is within `Instant.bounds`.
  init(_ seconds: Int64) {
    self.seconds = seconds
    let day = floorDivide(seconds, 86_400)
    (year, month, self.day) = Calendar.date(ofDay: day)
    clock = seconds - day * 86_400
  }

  var midnight: Int64 { seconds - clock }

  subscript(unit: TimeUnit) -> Int64 {
    switch unit {
    case .year: year
    case .month: month
    case .day: day
    case .dayOfYear: (midnight - (Self.start(ofYear: year) ?? midnight)) / 86_400 + 1
    case .hour: clock / 3600
    case .minute: clock / 60 % 60
    case .second: clock % 60
    case .epoch: seconds
    }
  }

  /// Nil beyond the year 9999.
  static func start(ofYear year: Int64, month: Int64 = 1) -> Int64? {
    Calendar.day(year: year, month: month, day: 1).map { $0 * 86_400 }
  }

  /// The next month's first second; nil beyond the year 9999.
  static func start(afterMonth month: Int64, of year: Int64) -> Int64? {
    month < 12 ? start(ofYear: year, month: month + 1) : start(ofYear: year + 1)
  }

  /// How exactly both are the same.
  func precisionShared(with other: CivilTime) -> Precision {
    if year != other.year { return .none }
    if month != other.month { return .year }
    if day != other.day { return .month }
    if clock / 3600 != other.clock / 3600 { return .day }
    if clock / 60 != other.clock / 60 { return .hour }
    return clock == other.clock ? .second : .minute
  }
}
