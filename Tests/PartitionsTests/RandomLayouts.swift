import Seeded
import Partitions

extension SeededRandom {
  mutating func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &self) }
  mutating func pick<T>(_ values: [T]) -> T { values[Int(number(0...Int64(values.count - 1)))] }
  mutating func chance(_ one: Int64) -> Bool { number(1...one) == 1 }

  /// Times near the edges of years, months and days more often than others.
  mutating func time() -> Int64 {
    let years: [Int64] = [1970, 1971, 1972, 2000, 2001, 2024, 2026, 2100, 2286, 9998, 9999]
    guard !chance(4),
      let day = Calendar.day(
        year: pick(years), month: pick([1, 2, 3, 6, 12]), day: pick([1, 2, 9, 10, 28]))
    else { return number(0...Instant.bounds.upperBound) }
    let clock = chance(2) ? number(-4000...4000) : number(-90_000...200_000)
    return min(max(day * 86_400 + clock, 0), Instant.bounds.upperBound)
  }

  mutating func range() -> Range<Int64> {
    let start = time()
    let span: Int64 = pick([1, 300, 3600, 18_000, 86_400, 259_200, 3_456_000, 43_200_000, 259_200_000])
    return start..<min(start + number(1...span), TimeRange.always.upperBound)
  }

  /// A layout's text with units in any order, repeated, together or apart, with `*` between.
  mutating func layout() -> String {
    let date = pick([
      ["%Y", "%m", "%d"], ["%Y", "%j"], ["%Y", "%m", "%d", "%j"], ["%s"], ["%Y", "%m", "%d", "%Y"],
    ])
    let clock = pick(
      [[], ["%H"], ["%H", "%M"], ["%H", "%M", "%S"], ["%H", "%d", "%m", "%Y"]].filter {
        $0.count < 4 || date.contains("%d")
      })
    var units = date == ["%s"] ? date : date + clock
    if chance(3) { units.shuffle(using: &self) }
    if date.contains("%s") && chance(2) { units.insert("%Y", at: 0) }
    var text = pick(["", "", "dt=", "v1/", "*/", "region=*/", "%%x"])
    for (index, unit) in units.enumerated() {
      if index > 0 {
        text += pick(
          unit == "%Y" || units[index - 1] == "%s" ? ["-", "/"] : ["", "-", "/", "/h=", "/*/", "/.."])
      }
      text += unit
    }
    return text + (chance(6) ? "/*" : "")
  }
}
