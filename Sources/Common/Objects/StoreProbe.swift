internal import Bytes
internal import Threads

/// Asks a store whether it keeps its conditions, with a few small objects of its own, before the first
/// publish, or the first watermark.
/// Servers that call themselves compatible with S3 had bugs in each of these, and one is enough to lose a generation.
package struct StoreProbe {
  private let store: any ObjectStore
  private let directory: Key
  /// How long the store may leave us without a clear answer, in all.
  private let insistence: Insistence

  /// Its objects lie in `.probe/` below a prefix, which is empty or ends in `/`. To be asked now: the patience begins.
  package init(_ store: any ObjectStore, below prefix: Key, patience: Duration) {
    insistence = Insistence(for: patience)
    self.store = store
    directory = prefix + Key(".probe/\(RandomID.draw())-")
  }

  /// The rule that the store breaks; nil where it keeps them all.
  ///
  /// A refusal may be the answer to a request that was sent again because the first reply was lost; nobody else knows
  /// these names, so what the object then holds tells. What a store that can't answer keeps of them the collector takes.
  package func brokenRule() throws(StoreError) -> String? {
    let rule = try foundBroken()
    for name in ["a", "b", "c"] { try? insistence.store(store).remove(key(name)) }
    return rule
  }

  private func foundBroken() throws(StoreError) -> String? {
    guard try succeeds({ () throws(StoreError) in try write("a", "one", if: .absent) }, leaving: "one") else {
      return "an object that is not there can be created"
    }
    if let rule = try broken("an object that is there is not created again (If-None-Match)", "a", .absent) {
      return rule
    }
    if try text("a") != "one" { return "a refused create leaves the object alone" }
    let other = WriteCondition.matches(Self.wrongTag)
    if let rule = try broken("an object with another tag is not replaced (If-Match)", "a", other) {
      return rule
    }
    if try text("a") != "one" { return "a refused replacement leaves the object alone" }
    if let rule = try broken("what is not there is not replaced (If-Match)", "b", other) { return rule }
    if try text("b") != nil { return "a refused replacement creates nothing" }
    let replaced = try succeeds(
      { () throws(StoreError) in
        guard let tag = try read("a")?.tag else { return false }
        return try write("a", "four", if: .matches(tag))
      }, leaving: "four")
    guard replaced else { return "an object with the tag that was read is replaced (If-Match)" }
    return try insist(race)
  }

  /// Whether the object `a` holds the text after a write that nothing stands against. A store may refuse one such write by
  /// mistake, which costs a publish a retry and no more; one that refuses each of four can't be published to.
  private func succeeds(
    _ write: () throws(StoreError) -> Bool, leaving text: String
  ) throws(StoreError) -> Bool {
    for _ in 0..<4 {
      if try write() { break }
      if try self.text("a") == text { break }
    }
    return try self.text("a") == text
  }

  /// The rule, where a write of which the condition fails is carried out. Some servers refuse it by an answer that may
  /// mean anything, such as 304.
  private func broken(
    _ rule: String, _ name: String, _ condition: WriteCondition
  ) throws(StoreError) -> String? {
    do throws(StoreError) { return try write(name, "other", if: condition) ? rule : nil } catch {
      guard case .invalid(let reason) = error else { throw error }
      return "a write of which the condition fails is answered by 412: \(reason)"
    }
  }

  private func insist<T>(_ ask: () throws(StoreError) -> T) throws(StoreError) -> T {
    var insistence = insistence
    while true {
      do throws(StoreError) { return try ask() } catch {
        guard case .unavailable = error, insistence.pause() else { throw error }
      }
    }
  }

  /// Eight create one object at once. Where none of them got an answer and nothing was created, it may be asked again.
  private func race() throws(StoreError) -> String? {
    let rule = "of eight that create one object exactly one succeeds"
    let won = try parallelMap(count: 8, threads: 8) { number throws(StoreError) -> Bool? in
      do throws(StoreError) { return try writeOnce("c", String(number), if: .absent) } catch {
        // Some stores answer a lost race with an error of theirs.
        if case .unavailable = error { return nil }
        throw error
      }
    }
    let winners = won.indices.filter { won[$0] == true }
    if winners.count > 1 { return rule }
    let created = try text("c")
    if let winner = winners.first { return created == String(winner) ? nil : rule }
    if created == nil, won.contains(nil) { throw .unavailable("the store did not answer the probe") }
    return created == nil ? rule : nil
  }

  private static let wrongTag = String(repeating: "0", count: 32)

  private func key(_ name: String) -> Key { directory + Key(name) }

  private func text(_ name: String) throws(StoreError) -> String? {
    try read(name).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  private func read(_ name: String) throws(StoreError) -> (bytes: [UInt8], tag: String)? {
    try insist { () throws(StoreError) in try insistence.store(store).read(key(name), limit: 64) }
  }

  /// Whether it was written. An answer that says nothing is not the store's word on its conditions: it is asked again.
  private func write(_ name: String, _ text: String, if condition: WriteCondition) throws(StoreError) -> Bool
  {
    try insist { () throws(StoreError) in try writeOnce(name, text, if: condition) }
  }

  private func writeOnce(
    _ name: String, _ text: String, if condition: WriteCondition
  ) throws(StoreError) -> Bool {
    do throws(StoreError) {
      _ = try insistence.store(store).write(key(name), .bytes(Array(text.utf8)), if: condition)
      return true
    } catch {
      switch error {
      case .conditionFailed, .notFound(.object): return false
      default: throw error
      }
    }
  }
}
