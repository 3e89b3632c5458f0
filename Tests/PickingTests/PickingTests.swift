// Not tested here: the command line of part-pick (ToolTests), and what a listing leaves out (ListingTests).

import Lines
import Partitions
import Picking
import Seeded
import Testing

private func t(_ text: String) -> Instant {
  guard let instant = Instant(line: "2026-05-04T\(text):00Z") else {
    fatalError("a typo in the test: \(text)")
  }
  return instant
}

private func request(
  _ policy: Policy, now: String, after: String?, window: Int64 = 3600, late: Bool = false,
  from: String? = nil,
  to: String? = nil
) -> PickRequest {
  PickRequest(
    policy: policy, clock: Clock(now: t(now), step: 300, settle: 60), after: after.map(t), window: window,
    late: late, from: from.map(t), to: to.map(t))
}

private let five = ["10:00", "10:05", "10:10", "10:15", "10:20"].map(t)

@Suite("Which partition a policy chooses")
struct PolicyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let policy: Policy
    let now: String
    let after: String?
    let to: String?
    var testDescription: String { "\(policy) at \(now) after \(after ?? "none")" }
  }

  // 10:20 has settled at 10:26.
  static let cases = [
    Case(policy: .rate, now: "10:26", after: "10:00", to: "10:20"),
    Case(policy: .rate, now: "10:25", after: "10:00", to: "10:15"),
    Case(policy: .rate, now: "10:40", after: "10:00", to: "10:30"),
    Case(policy: .rate, now: "10:40", after: nil, to: "10:30"),
    Case(policy: .rate, now: "10:26", after: "10:20", to: nil),
    Case(policy: .rate, now: "10:26", after: "10:25", to: nil),
    Case(policy: .latest, now: "10:26", after: "10:00", to: "10:20"),
    Case(policy: .latest, now: "10:25", after: "10:00", to: "10:15"),
    Case(policy: .latest, now: "23:00", after: "10:00", to: "10:20"),
    Case(policy: .latest, now: "23:00", after: nil, to: "10:20"),
    Case(policy: .latest, now: "23:00", after: "10:20", to: nil),
    Case(policy: .latest, now: "10:01", after: nil, to: nil),
    Case(policy: .next, now: "23:00", after: "10:00", to: "10:05"),
    Case(policy: .next, now: "23:00", after: nil, to: "10:00"),
    Case(policy: .next, now: "23:00", after: "10:17", to: "10:20"),
    Case(policy: .next, now: "23:00", after: "10:20", to: nil),
    Case(policy: .next, now: "10:10", after: "10:00", to: nil),
    Case(policy: .catchUp(maxLag: 3), now: "23:00", after: "10:05", to: "10:10"),
    Case(policy: .catchUp(maxLag: 3), now: "23:00", after: "10:00", to: "10:20"),
    Case(policy: .catchUp(maxLag: 3), now: "23:00", after: nil, to: "10:20"),
  ]

  @Test(arguments: cases)
  func `the policy's table holds`(_ example: Case) {
    let pick = try? request(example.policy, now: example.now, after: example.after).pick(from: five)
    #expect(pick?.to == example.to.map(t))
  }

  @Test func `with late, a batch is due at the watermark too`() throws {
    for policy in [Policy.latest, .next, .rate] {
      let pick = try request(policy, now: "10:26", after: "10:20", late: true).pick(from: five)
      #expect(pick.to == t("10:20"))
      #expect(pick.skipped == 0 && pick.gap == 0)
    }
  }

  @Test func `with late, a clock that went back makes nothing due`() {
    #expect(throws: NotDue.self) {
      try request(.rate, now: "10:00", after: "10:20", late: true).pick(from: five)
    }
  }

  @Test func `an explicit range is due whatever the watermark says`() throws {
    let pick = try request(.range, now: "10:00", after: "10:20", from: "09:00", to: "10:05").pick(from: [])
    #expect(pick == Pick(from: t("09:00"), to: t("10:05"), skipped: 0, gap: 0))
  }

  @Test func `an anchored window that begins after its end is not due`() {
    #expect(throws: NotDue.self) {
      try request(.latest, now: "23:00", after: nil, from: "10:20").pick(from: five)
    }
  }
}

@Suite("What a pick leaves behind")
struct CountTests {
  @Test(arguments: [
    (after: "10:15", to: "10:20", window: 900, skipped: 0, gap: 0),
    (after: "10:10", to: "10:20", window: 900, skipped: 1, gap: 0),
    (after: "10:00", to: "10:20", window: 900, skipped: 2, gap: 1),
    (after: "09:00", to: "10:20", window: 900, skipped: 2, gap: 13),
    (after: "10:00", to: "10:20", window: 300, skipped: 0, gap: 3),
    (after: "10:02", to: "10:20", window: 3600, skipped: 3, gap: 0),
  ])
  func `skipped and gap count slots`(
    _ example: (after: String, to: String, window: Int64, skipped: Int64, gap: Int64)
  ) throws {
    let pick = try request(.range, now: "23:00", after: example.after, window: example.window, to: example.to)
      .pick(from: five)
    #expect(pick.skipped == example.skipped)
    #expect(pick.gap == example.gap)
  }

  @Test func `no first batch has a gap`() throws {
    let pick = try request(.latest, now: "23:00", after: nil).pick(from: five)
    #expect(pick.skipped == 0 && pick.gap == 0)
  }
}

@Suite("A long run of picks")
struct RunTests {
  /// Slots with a batch of their own, skipped slots and gaps together are every slot, once.
  @Test(arguments: 0..<200)
  func `nothing is skipped silently, and nothing goes back`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let step: Int64 = [60, 300, 3600].randomElement(using: &random) ?? 60
    let window = step * .random(in: 1...20, using: &random)
    let start = Instant(seconds: 1_777_852_800)
    var now = start + step * 5
    var partitions: [Instant] = []
    var after: Instant = start
    var counted: Int64 = 0
    for _ in 0..<60 {
      now = now + .random(in: 0...(step * 8), using: &random)
      while partitions.count < 500, let next = partitions.last.map({ $0 + step }) ?? Optional(start),
        next <= now
      {
        partitions.append(next)
      }
      let policy: Policy =
        [.rate, .latest, .next, .catchUp(maxLag: 4)].randomElement(using: &random) ?? .rate
      let request = PickRequest(
        policy: policy, clock: Clock(now: now, step: step, settle: step / 5), after: after, window: window)
      guard let pick = try? request.pick(from: partitions) else { continue }
      #expect(pick.to > after)
      #expect(pick.to + step <= now)
      counted += pick.skipped + pick.gap + 1
      after = pick.to
      #expect(try request.pick(from: partitions) == pick)
    }
    #expect(counted == (after - start) / step)
  }
}

@Suite("The slice of a pick")
struct SliceTests {
  private func line(_ time: String, _ tag: String, _ path: String) -> ObjectLine {
    let object = ObjectLine("2026-05-04T\(time):00Z\t2026-05-04T10:00:00Z\t1\t\(tag)\t\(path)"[...])
    return object
      ?? ObjectLine(time: t(time), modified: t(time), bytes: 1, tag: tag, location: .local(path: [0x78]))
  }

  private let pick = Pick(from: t("10:00"), to: t("10:10"), skipped: 0, gap: 0)

  @Test func `the window leaves out its start and takes in its end`() throws {
    let objects = try pick.objects(
      of: five.map { line("\($0)".dropFirst(11).prefix(5).description, "a", "/x") })
    #expect(objects.map(\.time) == ["10:05", "10:10"].map(t))
  }

  @Test func `objects come in slice order, each once`() throws {
    let objects = [
      line("10:10", "a", "/b"), line("10:10", "a", "/a"), line("10:05", "b", "/c"), line("10:10", "a", "/a"),
    ]
    #expect(try pick.objects(of: objects).map(\.location.description) == ["/c", "/a", "/b"])
  }

  @Test func `one location with two tags is refused`() {
    #expect(throws: (any Error).self) {
      try pick.objects(of: [line("10:05", "a", "/a"), line("10:05", "b", "/a")])
    }
  }

  @Test func `the hash depends on every field, not on the order that came in`() throws {
    let a = line("10:05", "a", "/a")
    let b = line("10:10", "a", "/b")
    func hash(_ objects: [ObjectLine]) throws -> String {
      ObjectLine.hash(inSliceOrder: try pick.objects(of: objects))
    }
    #expect(try hash([a, b]) == hash([b, a]))
    #expect(try hash([a, b]) != hash([a]))
    #expect(try hash([a]) != hash([line("10:05", "z", "/a")]))
  }
}
