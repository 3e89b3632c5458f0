import Failures
import Partitions
import Seeded
import SlowLayout
import Testing

/// Laws over random layouts, times and ranges, from 1970 to 9999. Not tested here: what a listing makes of them.
@Suite struct LayoutPropertyTests {
  private static let seeds = Array(0..<UInt64(Sample.rounds(quick: 5, full: 20, long: 1000)))
  private static let layoutsPerSeed = 60

  private func eachCase(_ seed: UInt64, _ body: (Layout, inout SeededRandom) throws -> Void) rethrows {
    var random = SeededRandom(seed)
    for _ in 0..<Self.layoutsPerSeed {
      let text = random.layout()
      guard let layout = try? Layout(text) else {
        Issue.record("the generator made '\(text)', which is no layout")
        return
      }
      try body(layout, &random)
    }
  }

  /// The path of a partition, with some name for each `*`.
  private func path(_ layout: Layout, _ time: Int64, _ random: inout SeededRandom) -> [[UInt8]] {
    layout.components.map { component in
      if let name = component.name(at: Instant(seconds: time)) { return name }
      guard case .literal(let start) = component.first else {
        return Array(random.pick(["eu", "2026", "dt=1", "~"]).utf8)
      }
      return start + Array(random.pick(["", "eu", "0"]).utf8)
    }
  }

  @Test(arguments: seeds) func `What is formatted is parsed back`(seed: UInt64) throws {
    eachCase(seed) { layout, random in
      let time = Instant(seconds: random.time()).floored(to: layout.step)
      let key = path(layout, time.seconds, &random).joined(separator: [0x2F]) + Array("/part/0".utf8)
      let match = layout.match(Array(key)[...])
      #expect(match?.time == time, "\(layout) \(String(decoding: Array(key), as: UTF8.self))")
      #expect(match?.directoryEnd == Array(key).count - 7)
      if let spelled = layout.path(of: time) { #expect(layout.match((spelled + [0x2F])[...])?.time == time) }
    }
  }

  /// The law of pruning: whatever lies in the range is reached from above, and lies within the bounds on its way.
  @Test(arguments: seeds) func `No time of a range is pruned`(seed: UInt64) throws {
    try eachCase(seed) { layout, random in
      let range = layout.aligned(random.timeRange())
      if range.isEmpty { return }
      let time = Instant(seconds: random.number(range.lowerBound...range.upperBound - 1)).floored(
        to: layout.step)
      // No %s is negative.
      guard range.contains(time.seconds), time.seconds >= 0 else { return }
      let names = path(layout, time.seconds, &random)
      var known = PartialTime()
      for (level, name) in names.enumerated() {
        let rest = Array(names[level...].joined(separator: [0x2F]))[...]
        for (pieces, text) in [(layout.components[level], name[...]), (layout.pieces(from: level), rest)] {
          let bounds = pieces.bounds(over: range, knowing: known)
          #expect(text.starts(with: bounds.prefix) && !bounds.isPast(text), "\(layout) \(range) \(time)")
          #expect(!text.lexicographicallyPrecedes(bounds.lower), "\(layout) \(range) \(time)")
          if let only = bounds.onlyName { #expect(only[...] == text) }
        }
        known = try #require(layout.components[level].match(name[...], knowing: known))
        #expect(known.first(in: range).map { $0 <= time.seconds } == true, "\(layout) \(range) \(time)")
      }
    }
  }

  @Test(arguments: seeds) func `The first time of a range with some units is found by looking at each`(
    seed: UInt64
  ) {
    var random = SeededRandom(seed)
    for _ in 0..<5 {
      var known = PartialTime()
      let sample = random.time() / 3600 * 3600
      for unit in [TimeUnit.year, .month, .day, .dayOfYear, .hour] where random.chance(2) {
        let far = random.chance(3) ? random.time() : sample
        let name = [Layout.Piece.unit(unit)].name(at: Instant(seconds: far)) ?? []
        known = [.unit(unit)].match(name[...], knowing: known) ?? known
      }
      let start = max(sample - random.number(0...400 * 24) * 3600, 0)
      let range = start..<min(start + random.number(1...800 * 24) * 3600, TimeRange.always.upperBound)
      let expected = stride(from: range.lowerBound, to: range.upperBound, by: 3600).first {
        known.matches($0)
      }
      #expect(known.first(in: range) == expected, "\(known) \(range)")
    }
  }

  /// What a flat listing covers is no more than the days that the range touches, where the plan may rely on it. Not for
  /// `%s`, where that holds only among numbers of as many digits.
  @Test(arguments: seeds) func `Coverage of a day keeps other days out`(seed: UInt64) throws {
    eachCase(seed) { layout, random in
      let range = layout.aligned(random.timeRange())
      guard !range.isEmpty, !layout.text.contains("%s"), layout.coverage(from: 0, over: range) >= .day else {
        return
      }
      let bounds = layout.pieces(from: 0).bounds(over: range, knowing: .init())
      let days = range.lowerBound / 86_400...(range.upperBound - 1) / 86_400
      for _ in 0..<20 {
        let time =
          random.chance(2)
          ? random.time() : random.number(max(0, range.lowerBound - 200_000)...range.upperBound - 1)
        let text = Array(path(layout, time, &random).joined(separator: [0x2F]))[...]
        if text.lexicographicallyPrecedes(bounds.lower) || bounds.isPast(text)
          || !text.starts(with: bounds.prefix)
        {
          continue
        }
        #expect(days.contains(time / 86_400), "\(layout) \(range) \(time)")
      }
    }
  }
}

extension SeededRandom {
  mutating func timeRange() -> TimeRange {
    let range = range()
    return TimeRange(
      since: chance(5) ? nil : Instant(seconds: range.lowerBound),
      until: chance(5) ? nil : Instant(seconds: range.upperBound))
  }
}

extension PartialTime {
  /// By the units' own spelling.
  func matches(_ time: Int64) -> Bool {
    [TimeUnit.year, .month, .day, .dayOfYear, .hour].allSatisfy { unit in
      let name = [Layout.Piece.unit(unit)].name(at: Instant(seconds: time)) ?? []
      return [.unit(unit)].match(name[...], knowing: self) == self || self[unit] == nil
    }
  }
}
