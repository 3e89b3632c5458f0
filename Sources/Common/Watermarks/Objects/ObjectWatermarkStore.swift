package import Bytes
package import Failures
package import Objects
package import Partitions

/// Watermarks as objects of a store that has conditional writes, one a name.
///
/// Steady state: an advance is a GET and a PUT. The first move of a name also reads the store's mark (StoreMark) and looks
/// for a log without its object; every 16th writes a piece of the log. Leases go by the store's clock, never ours.
package final class ObjectWatermarkStore: WatermarkStore {
  private let place: ObjectPlace

  /// Nothing is asked of the store yet. `unsafeSingleWriter` is the user's word that nobody else writes, for a store that
  /// does not keep its conditions.
  package convenience init(
    _ location: Location, stores: Stores, unsafeSingleWriter: Bool = false
  ) throws(Failure) {
    let (store, key) = try stores.store(for: location)
    self.init(
      location, store: store, key: key, patience: .seconds(stores.settings.patience),
      unsafeSingleWriter: unsafeSingleWriter, note: stores.settings.note)
  }

  package init(
    _ location: Location, store: any ObjectStore, key: Key, patience: Duration = .seconds(60),
    unsafeSingleWriter: Bool = false, note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    place = ObjectPlace(
      root: StorePlace(location, store: store, key: key), patience: patience,
      isSingleWriter: unsafeSingleWriter, note: note)
  }

  package func watermark(_ name: WatermarkName) throws(Failure) -> Watermark? {
    try place.read(WatermarkObject.self, ObjectPlace.watermark(name), place.begin())?.watermark
  }

  package func watermarks(below prefix: String, unmoved recently: Recently?) throws(Failure) -> [Watermark] {
    try WatermarkListing(place: place, prefix: prefix, recently: recently).run()
  }

  package func moves(of name: WatermarkName, limit: Int?) throws(Failure) -> [Move] {
    try ObjectLog(place: place, name: name).moves(limit: limit)
  }

  package func change(_ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move?) throws(Failure) {
    let log = ObjectLog(place: place, name: name)
    try place.swap(ObjectPlace.watermark(name)) { (object: WatermarkObject?, insistence) throws(Failure) in
      let present = Present(watermark: object?.watermark, lastMove: object?.last?.move)
      guard let move = try decide(present) else { return nil }
      return try log.append(move, to: object, insistence)
    } holds: { (now, change) throws(Failure) in
      try log.holds(now, change)
    }
  }

  package func markIdle(_ name: WatermarkName, at now: Instant) throws(Failure) {
    try place.swap(ObjectPlace.watermark(name)) { (object: WatermarkObject?, insistence) throws(Failure) in
      guard let object, let watermark = object.watermark, !watermark.isNoted(idleAt: now) else { return nil }
      _ = try self.place.admitted(object.writers)
      // First: whoever lists must not take what comes next for a move.
      try self.place.put(ObjectPlace.idle(name), [], insistence)
      return object.idle(at: now)
    } holds: { (present, change) in
      // Whoever was faster has moved it, or noted the same.
      present.idle == change.idle || present.moves.last != change.moves.last
    }
  }

  package func lease(_ name: WatermarkName) throws(Failure) -> Lease? {
    try place.read(LeaseObject.self, ObjectPlace.lease(name), place.begin())?.lease
  }

  package func changeLease(
    _ name: WatermarkName, _ decide: (Lease?, StoreTime) throws(Failure) -> Lease?
  ) throws(Failure) {
    let file = ObjectPlace.lease(name)
    try place.swap(file) { (object: LeaseObject?, insistence) throws(Failure) in
      let now = try self.place.ask("read the clock of", self.place.root.location.description, insistence) {
        (store) throws(StoreError) in try store.now()
      }
      // Most stores tell whole seconds.
      let time = StoreTime(milliseconds: now, doubt: now % 1000 == 0 ? 1000 : 0)
      guard let lease = try decide(object?.lease, time) else { return nil }
      try self.place.admitLease(object, insistence)
      return LeaseObject(lease, .many)
    } holds: { (now, change) in
      now.commit == change.commit
    }
  }
}
