/// What a part of a path says of the time: some units, others not yet.
///
/// It stands for all the times that have these units: `hour=05` alone for the sixth hour of every day.
package struct PartialTime: Equatable, Sendable {
  private var values = SIMD8<Int64>(repeating: Self.unknown)
  private static let unknown: Int64 = -1

  package init() {}

  package subscript(unit: TimeUnit) -> Int64? {
    let value = values[unit.rawValue]
    return value == Self.unknown ? nil : value
  }

  /// False where it is no value of that unit, or something else is known of it already.
  mutating func learn(_ unit: TimeUnit, _ value: Int64) -> Bool {
    guard unit.values.contains(value), self[unit] ?? value == value else { return false }
    values[unit.rawValue] = value
    return true
  }

  /// The earliest time within the range, in seconds since 1970, that has all of these units; nil where there is none.
  package func first(in range: Range<Int64>) -> Int64? {
    if let epoch = self[.epoch] { return range.contains(epoch) && advance(epoch) == epoch ? epoch : nil }
    // All times of these units lie in their slot.
    var time = max(range.lowerBound, slot.lowerBound)
    // Every month, day and leap day there is comes again within eight years (1896, 1904).
    let horizon = min(range.upperBound, time + 9 * 366 * 86_400)
    while time < horizon, let next = advance(time) {
      if next == time { return time }
      time = next
    }
    return nil
  }

  /// The same time where it has these units, else a later one such that none between has them; nil at the end of time.
  private func advance(_ time: Int64) -> Int64? {
    let now = CivilTime(time)
    if let year = self[.year], year != now.year {
      return now.year < year ? CivilTime.start(ofYear: year) : nil
    }
    if let month = self[.month], month != now.month {
      return CivilTime.start(ofYear: now.month < month ? now.year : now.year + 1, month: month)
    }
    if let day = self[.day], day != now.day {
      let exists = now.day < day && day <= Calendar.days(in: now.month, of: now.year)
      return exists
        ? now.midnight + (day - now.day) * 86_400 : CivilTime.start(afterMonth: now.month, of: now.year)
    }
    if let day = self[.dayOfYear], day != now[.dayOfYear] {
      let exists = now[.dayOfYear] < day && day <= (Calendar.isLeap(now.year) ? 366 : 365)
      return exists
        ? now.midnight + (day - now[.dayOfYear]) * 86_400 : CivilTime.start(ofYear: now.year + 1)
    }
    return advanceClock(now)
  }

  private func advanceClock(_ now: CivilTime) -> Int64? {
    for (unit, length, cycle) in [
      (TimeUnit.hour, Int64(3600), Int64(86_400)), (.minute, 60, 3600), (.second, 1, 60),
    ] {
      guard let value = self[unit], value != now[unit] else { continue }
      let start = now.seconds - now.clock % cycle
      return start + (now[unit] < value ? 0 : cycle) + value * length
    }
    return now.seconds
  }

  /// The slot of time that the units from the year downwards make, as far as they are known without a gap.
  package var slot: Range<Int64> {
    if let epoch = self[.epoch] { return epoch..<epoch + 1 }
    guard let year = self[.year], let start = CivilTime.start(ofYear: year) else { return TimeRange.always }
    let end = CivilTime.start(ofYear: year + 1) ?? TimeRange.always.upperBound
    if let day = self[.dayOfYear] { return clockSlot(onDay: start + (day - 1) * 86_400) }
    guard let month = self[.month], let first = CivilTime.start(ofYear: year, month: month) else {
      return start..<end
    }
    if let day = self[.day] { return clockSlot(onDay: first + (day - 1) * 86_400) }
    return first..<(CivilTime.start(afterMonth: month, of: year) ?? end)
  }

  private func clockSlot(onDay midnight: Int64) -> Range<Int64> {
    guard let hour = self[.hour] else { return midnight..<midnight + 86_400 }
    let start = midnight + hour * 3600
    guard let minute = self[.minute] else { return start..<start + 3600 }
    guard let second = self[.second] else { return start + minute * 60..<start + minute * 60 + 60 }
    return start + minute * 60 + second..<start + minute * 60 + second + 1
  }
}
