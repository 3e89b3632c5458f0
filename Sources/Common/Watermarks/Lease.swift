package import Failures
package import Partitions

/// The right to work under a name, for a time. The fence tells one holder from the next: it grows with each, for ever.
package struct Lease: Equatable, Sendable {
  package var name: WatermarkName
  package var fence: Int
  /// `user@host:process`
  package var holder: String
  /// When it was taken, by the clock of the holder: for a person.
  package var taken: Instant
  /// Until then it is held, unless it is renewed.
  package var until: StoreTime

  package init(name: WatermarkName, fence: Int, holder: String, taken: Instant, until: StoreTime) {
    self.name = name
    self.fence = fence
    self.holder = holder
    self.taken = taken
    self.until = until
  }
}

/// A time by the clock that all who use a store see alike: not this machine's calendar, which can be set.
package struct StoreTime: Equatable, Sendable {
  /// What the clock counts from, where it begins anew now and then (a boot of the machine); else empty.
  package var epoch: String
  package var milliseconds: Int64
  /// How much later it may be than a clock says that tells whole seconds: no lease is to end before its time.
  package var doubt: Int64

  package init(epoch: String = "", milliseconds: Int64, doubt: Int64 = 0) {
    self.epoch = epoch
    self.milliseconds = milliseconds
    self.doubt = doubt
  }

  /// Whoever held something in another epoch is no more.
  func isAfter(_ other: StoreTime) -> Bool { epoch == other.epoch && milliseconds > other.milliseconds }

  func advanced(by milliseconds: Int64) -> StoreTime {
    StoreTime(epoch: epoch, milliseconds: self.milliseconds &+ milliseconds &+ doubt)
  }
}

/// What a process was given by `wm hold`, and shows to whatever it changes.
package struct FencingToken: Equatable, Sendable {
  package var lease: WatermarkName
  package var fence: Int

  /// Numbers that every reader of JSON keeps exactly.
  package static let largest = 1 << 53 - 1

  package init(lease: WatermarkName, fence: Int) {
    self.lease = lease
    self.fence = fence
  }
}

package enum Taking: Equatable, Sendable {
  case taken(Lease)
  /// By somebody else, for so many milliseconds more unless they renew it.
  case held(Lease, left: Int64)
}

// The rules, for every store:
//
//     lease                     take                             renew, by fence F          release, by fence F
//     ------------------------  -------------------------------  -------------------------  --------------------
//     none                      fence = now in seconds           lost                       nothing
//     over, or released         fence = max(fence + 1, now)      F: held again; else lost   F: stays; else nothing
//     held                      held: nothing changes            F: for longer; else lost   F: over; else nothing
//
// A lease is never removed, so its fence never begins again from 1; and that it is at least the present time (seconds
// since 1970) lets a store that was lost, or is another, go on above the fences that a destination has seen.
extension WatermarkStore {
  /// `length` in milliseconds. What holds it is not waited for.
  package func take(
    _ name: WatermarkName, holder: String, length: Int64, now: Instant
  ) throws(Failure) -> Taking {
    var taking: Taking?
    try changeLease(name) { (lease, time) throws(Failure) in
      if let lease, lease.until.isAfter(time) {
        taking = .held(lease, left: lease.until.milliseconds - time.milliseconds)
        return nil
      }
      let last = lease?.fence ?? 0
      guard last < FencingToken.largest else {
        throw Failure(
          .badData, cannot: "take", "the lease \(name)",
          because: "its fence, \(last), leaves no room to count on")
      }
      let fence = max(last + 1, Int(now.seconds))
      let new = Lease(
        name: name, fence: fence, holder: holder, taken: now, until: time.advanced(by: length))
      taking = .taken(new)
      return new
    }
    guard let taking else { throw Failure(.software, "the watermark store decided nothing for \(name)") }
    return taking
  }

  /// False when it is lost: somebody else has taken it, whose lease `lost` is told then.
  package func renew(
    _ token: FencingToken, length: Int64, lost: (Lease?) -> Void = { _ in }
  ) throws(Failure) -> Bool {
    var (isOurs, present) = (false, Lease?.none)
    try changeLease(token.lease) { (lease, time) in
      (isOurs, present) = (lease?.fence == token.fence, lease)
      guard isOurs, var lease else { return nil }
      lease.until = time.advanced(by: length)
      return lease
    }
    if !isOurs { lost(present) }
    return isOurs
  }

  /// Whoever waits for it need wait no longer.
  package func release(_ token: FencingToken) throws(Failure) {
    try changeLease(token.lease) { (lease, time) in
      guard var lease, lease.fence == token.fence, lease.until.isAfter(time) else { return nil }
      lease.until = StoreTime(epoch: time.epoch, milliseconds: time.milliseconds)
      return lease
    }
  }

  /// 1 where somebody holds the lease who took it later.
  package func check(_ token: FencingToken) throws(Failure) {
    guard let lease = try lease(token.lease), lease.fence > token.fence else { return }
    throw Failure(
      .refused, cannot: "advance under", "the lease \(token.lease)",
      because:
        "it was lost: \(lease.holder) has it since \(lease.taken) (fence \(lease.fence), ours \(token.fence))"
    )
  }
}
