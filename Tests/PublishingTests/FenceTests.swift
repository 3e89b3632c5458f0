import Failures
import JSON
import Lines
import Objects
import Synchronization
import Testing

@testable import Publishing

/// Whose lease was lost publishes nothing more. Not tested here: where a token comes from (Tests/Transcripts/wm-hold.t).
@Suite struct FenceTests {
  static let places = Workbench.Place.all

  typealias Shown = (lease: String?, fence: Int)

  @Test(
    arguments: [
      ([], ("ads", 1), true),
      ([("ads", 7)], ("ads", 7), true),
      ([("ads", 7)], ("ads", 8), true),
      ([("ads", 7)], ("ads", 6), false),
      ([("ads", 7)], ("shop", 6), true),
      ([("ads", 7), ("shop", 5)], ("shop", 4), false),
      ([("ads", 7), ("shop", 5)], (nil, 6), false),
      ([("ads", 7), ("shop", 5)], (nil, 7), true),
      ([(nil, 7)], ("ads", 6), true),
      ([(nil, 7)], (nil, 6), false),
      ([("ads", 7), ("ads", 5)], ("ads", 6), false),
    ] as [([Shown], Shown, Bool)])
  func `a token is refused where a newer one of its lease was seen`(
    _ seen: [Shown], _ shown: Shown, _ passes: Bool
  ) {
    var fences = Fences()
    for (lease, fence) in seen { fences.add(.init(lease: lease, fence: fence)) }
    #expect((fences.objection(to: .init(lease: shown.lease, fence: shown.fence)) == nil) == passes)
  }

  @Test func `fences as they were before there were leases are read`() throws {
    for (text, newest) in [
      (#"{"fence":"7"}"#, ["": 7]), (#"{"fence":null}"#, [:]),
      (#"{"fence":{"b":2,"a":1}}"#, ["a": 1, "b": 2]), (#"{"fence":"x"}"#, [:]),
      (#"{"fence":"9007199254740991"}"#, ["": 1 << 53 - 1]), (#"{"fence":"9007199254740992"}"#, [:]),
      (#"{"fence":"-1"}"#, [:]),
    ] {
      let fences = try Fences(try Members.parse(Array(text.utf8), file: "x"))
      #expect(fences.newest == newest, "\(text)")
    }
    for bad in [#"{}"#, #"{"fence":{"ads":-1}}"#, #"{"fence":{"ads":"x"}}"#, #"{"fence":{"ads":1e9}}"#] {
      #expect(throws: Failure.self, "\(bad)") { try Fences(try Members.parse(Array(bad.utf8), file: "x")) }
    }
  }

  @Test(arguments: places)
  func `an older token publishes nothing, unless a person forces it`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    func publish(_ number: Int, _ fence: Int?, force: Bool = false) throws -> Publisher.Outcome {
      try bench.publish(
        try bench.build(["\(number)"], at: minute(number), on: number), after: .exactly(number)
      ) {
        $0.token = fence.map { Fences.Token(lease: "ads", fence: $0) }
        $0.force = force
      }
    }
    let first = try publish(0, 10).batch(at: bench.destination.location)?.receipt("published")
    #expect(first?["fence"] == "10" && first?["lease"] == "ads")
    // A person has no token, and carries on what was seen.
    let second = try publish(1, nil).batch(at: bench.destination.location)?.receipt("published")
    #expect(second?["fence"] == nil && second?["lease"] == nil)
    let keys = try bench.keys()
    let refusal = try #require(failure { try publish(2, 9) })
    #expect(
      refusal.exit == .refused && refusal.message.contains("fence 10 has published here, and ours is 9"))
    #expect(try bench.keys() == keys)
    // Overtaken is overtaken, whatever the token: the winner's receipt is handed on.
    #expect(try publish(0, 9).isSuperseded)
    guard case .published(let forced, _) = try publish(2, 9, force: true) else {
      throw Failure(.software, "no")
    }
    #expect(forced.forced?.contains("ours is 9") == true && forced.fences.newest == ["ads": 10])
    #expect(try publish(3, 11).isPublished)
    #expect(try bench.destination.current()?.generation.fences.newest == ["ads": 11])
  }

  @Test func `a token that no manifest can hold does not become visible`() throws {
    #expect(Fences.fence("9007199254740991") == 1 << 53 - 1 && Fences.fence("0") == 0)
    for text in ["9007199254740992", "9223372036854775807", "-1", "x", ""] {
      #expect(Fences.fence(text) == nil, "\(text)")
    }
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["a"], at: minute(0)), after: .exactly(0))
    let next = try bench.build(["b"], at: minute(1), on: 1)
    let refusal = failure {
      try bench.publish(next, after: .exactly(1)) { $0.token = .init(lease: "ads", fence: 1 << 53) }
    }
    #expect(refusal?.exit == .badData && refusal?.message.contains("ads") == true)
    #expect(try bench.contents()?.generation == 1)
    try bench.publish(next, after: .exactly(1)) { $0.token = .init(lease: "ads", fence: 1 << 53 - 1) }
    #expect(try bench.contents()?.generation == 2)
  }

  @Test func `an older token is refused where there is nothing to publish, too`() throws {
    let bench = try Workbench(.memory)
    func publish(after generation: Int, _ fence: Int) throws -> Publisher.Outcome {
      try bench.publish(
        try bench.build(["a"], at: minute(0), slice: "s"), after: .exactly(generation),
        receipts: [Receipt("slice", ["after": generation == 0 ? "" : minute(0)])]
      ) { $0.token = .init(lease: "ads", fence: fence) }
    }
    #expect(try publish(after: 0, 10).isPublished)
    #expect(try publish(after: 1, 10).isUnchanged)
    #expect(failure { try publish(after: 1, 9) }?.exit == .refused)
  }

  @Test func `a newer token that comes between the look and the swap is seen`() throws {
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["a"], at: minute(0)), after: .exactly(0)) {
      $0.token = .init(lease: "ads", fence: 10)
    }
    let (ours, theirs) = (try bench.build(["b"], at: minute(1)), try bench.build(["c"], at: minute(2)))
    let isDue = Mutex(true)
    let slow = bench.through { store in
      FaultyStore(
        store,
        fault: { _, key, writes in
          // Ahead of the swap of ours, the holder who came after publishes.
          guard writes, String(decoding: key.bytes, as: UTF8.self).hasSuffix("CURRENT"),
            isDue.withLock({ due in
              defer { due = false }
              return due
            })
          else { return nil }
          _ = try? bench.publish(theirs, after: .current) { $0.token = .init(lease: "ads", fence: 11) }
          return nil
        })
    }
    // A base follows whatever is current, so it would be swapped in again.
    let refusal = failure {
      try slow.publish(ours, after: .current, base: true) { $0.token = .init(lease: "ads", fence: 10) }
    }
    #expect(refusal?.exit == .refused)
    #expect(try bench.contents() == .init(generation: 2, layers: [["segment c"]]))
  }
}
