import Failures
import Glibc
import Partitions
import Testing
import Watermarks

/// Leases, on every store: the rules of Lease.swift. Not tested here: the command that runs under one (Transcripts/wm-hold.t), two
/// machines whose clocks differ.
@Suite struct LeaseTests {
  let scratch: Scratch
  let ads: WatermarkName
  let hour: Int64 = 3_600_000

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  /// Takes it, which must succeed.
  private func take(
    _ store: any WatermarkStore, _ holder: String, _ length: Int64, now: Instant = Instant(seconds: 1000)
  ) throws -> FencingToken {
    var taking = try store.take(ads, holder: holder, length: length, now: now)
    // Where the store's clock shows whole seconds, a lease is held for one more.
    while case .held(_, let left) = taking, left <= 2000 {
      usleep(UInt32(left + 50) * 1000)
      taking = try store.take(ads, holder: holder, length: length, now: now)
    }
    guard case .taken(let lease) = taking else { throw Unexpected() }
    #expect(try store.lease(ads) == lease)
    #expect(lease.holder == holder && lease.taken == now)
    return FencingToken(lease: ads, fence: lease.fence)
  }

  private struct Unexpected: Error {}

  @Test(arguments: StoreKind.allCases)
  func `of two only one holds it, until it is released`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    #expect(try store.lease(ads) == nil)
    let first = try take(store, "a", hour)
    let before = try store.lease(ads)
    guard case .held(let lease, let left) = try store.take(ads, holder: "b", length: hour, now: at(0)) else {
      Issue.record("it was taken twice")
      return
    }
    #expect(lease.holder == "a" && lease.fence == first.fence)
    #expect(left > 0 && left <= hour + 1000)
    #expect(try store.lease(ads) == before)
    try store.release(first)
    #expect(try take(store, "b", hour).fence == first.fence + 1)
  }

  @Test(arguments: StoreKind.allCases)
  func `one that is over can be taken, and what was lost is not got back`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let first = try take(store, "a", 0)
    #expect(try store.renew(first, length: 0))  // nobody was faster
    let second = try take(store, "b", hour)
    let held = try store.lease(ads)
    #expect(try !store.renew(first, length: hour))
    try store.release(first)
    #expect(try store.lease(ads) == held)
    #expect(try store.renew(second, length: 2 * hour))
    #expect(try store.lease(ads) != held)
  }

  @Test(arguments: StoreKind.allCases)
  func `its fence grows for ever, and begins at the clock`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    var last = 0
    for now in [1000, 1000, 500, 5000, 5000, 0] as [Int64] {
      let token = try take(store, "a", hour, now: Instant(seconds: now))
      #expect(token.fence == max(last + 1, Int(now)))
      try store.release(token)
      last = token.fence
    }
    // A watermark that is removed does not take its lease with it.
    _ = try store.advance(ads, by: published(5, 3), signed())
    try store.remove(ads, signed())
    #expect(try take(store, "a", hour, now: Instant(seconds: 0)).fence == last + 1)
  }

  @Test(arguments: StoreKind.allCases)
  func `the last fence of all is one that every reader keeps exactly`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    _ = try take(store, "a", hour)
    let (last, name) = (1 << 53 - 1, ads)
    try store.changeLease(ads) { (_, time) in
      Lease(name: name, fence: last - 1, holder: "b", taken: Instant(seconds: 0), until: time)
    }
    let token = try take(store, "c", hour)
    #expect(token.fence == last)
    try store.release(token)
    let failure = #expect(throws: Failure.self) { try take(store, "d", hour) }
    #expect(failure?.exit == .badData)
  }

  @Test(arguments: StoreKind.allCases)
  func `nobody has what nobody took`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let token = FencingToken(lease: ads, fence: 7)
    #expect(try !store.renew(token, length: hour))
    try store.release(token)
    #expect(try store.lease(ads) == nil)
    try store.check(token)
  }

  @Test(arguments: StoreKind.allCases)
  func `an older fence advances nothing`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let first = try take(store, "a", 0)
    _ = try store.advance(ads, by: published(5, 3), signed(), under: first)
    #expect(try store.watermark(ads)?.fence == first.fence)
    let second = try take(store, "b", hour)
    let failure = #expect(throws: Failure.self) {
      try store.advance(ads, by: published(10, 4), signed(), under: first)
    }
    #expect(failure?.exit == .refused)
    #expect(failure?.message.contains("fence \(second.fence), ours \(first.fence)") == true)
    #expect(try store.watermark(ads)?.generation == 3)
    _ = try store.advance(ads, by: published(10, 4), signed(), under: second)
    #expect(try store.watermark(ads)?.fence == second.fence)
  }

  @Test(arguments: StoreKind.allCases)
  func `idle is noted once a minute, and over with the next move`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    try store.markIdle(ads, at: at(0))
    #expect(try store.watermark(ads) == nil)
    _ = try store.advance(ads, by: published(5, 3), signed())
    let moves = try store.moves(of: ads, limit: nil)
    for minute in [10, 11, 12] as [Int64] {
      try store.markIdle(ads, at: at(minute))
      try store.markIdle(ads, at: at(minute) + 59)
      #expect(try store.watermark(ads)?.idle == at(minute))
    }
    #expect(try store.moves(of: ads, limit: nil) == moves)
    _ = try store.advance(ads, by: published(10, 4), signed(20))
    #expect(try store.watermark(ads)?.idle == nil)
  }
}
