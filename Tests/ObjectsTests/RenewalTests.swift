import Failures
import Foundation
import Synchronization
import Testing
import Threads

@testable import Objects

/// When credentials are fetched anew, by a clock that a test moves.
@Suite struct RenewalTests {
  /// Gives `A1`, `A2` and so on, each for so many seconds from now, unless it is told to fail.
  private final class Source: CredentialsProvider {
    let clock = Atomic<Int64>(1_000_000)
    let fetched = Atomic(0)
    let isBroken = Atomic(false)
    let lifetime: Int64?

    init(lifetime: Int64?) { self.lifetime = lifetime }

    func credentials() throws(Failure) -> Credentials? {
      let number = fetched.add(1, ordering: .relaxed).newValue
      if isBroken.load(ordering: .relaxed) { throw Failure(.tryAgain, "no answer") }
      let now = clock.load(ordering: .relaxed)
      return Credentials(accessKey: "A\(number)", secret: "S", expires: lifetime.map { now + $0 })
    }
  }

  private func chain(_ source: Source, _ notes: Notes = Notes()) -> CredentialsChain {
    var settings = StoreSettings()
    settings.detail = { notes.add($0) }
    return CredentialsChain(
      [source], now: { source.clock.load(ordering: .relaxed) }, remarks: Remarks(settings))
  }

  @Test(arguments: [(3600, 3300), (43_200, 42_900), (1000, 900), (10, 9)] as [(Int64, Int64)])
  func `New ones are fetched five minutes or a tenth before the end`(_ row: (lifetime: Int64, due: Int64))
    throws
  {
    let source = Source(lifetime: row.lifetime)
    let chain = chain(source)
    #expect(try chain.current().accessKey == "A1")
    source.clock.add(row.due - 1, ordering: .relaxed)
    #expect(try chain.current().accessKey == "A1")
    source.clock.add(1, ordering: .relaxed)
    #expect(try chain.current().accessKey == "A2")
    #expect(try chain.current().accessKey == "A2")
  }

  @Test func `What does not expire is fetched once`() throws {
    let source = Source(lifetime: nil)
    let chain = chain(source)
    _ = try chain.current()
    source.clock.add(1 << 40, ordering: .relaxed)
    #expect(try chain.current().accessKey == "A1")
  }

  @Test func `Where renewing fails, the old ones are used to their end`() throws {
    let source = Source(lifetime: 3600)
    let notes = Notes()
    let chain = chain(source, notes)
    _ = try chain.current()
    source.isBroken.store(true, ordering: .relaxed)
    source.clock.add(3590 - 100, ordering: .relaxed)
    for _ in 0..<5 { #expect(try chain.current().accessKey == "A1") }
    #expect(source.fetched.load(ordering: .relaxed) == 2)
    #expect(notes.lines == ["no answer; what there is holds for another 110 s"])
    source.clock.add(31, ordering: .relaxed)
    #expect(try chain.current().accessKey == "A1")
    #expect(source.fetched.load(ordering: .relaxed) == 3)
    source.clock.add(80, ordering: .relaxed)
    #expect(throws: Failure(.tryAgain, "no answer")) { try chain.current() }
    source.isBroken.store(false, ordering: .relaxed)
    #expect(try chain.current().accessKey == "A5")
  }

  @Test func `Those that the store refused are fetched anew, once for all threads`() throws {
    let source = Source(lifetime: 3600)
    let chain = chain(source)
    let first = try chain.current()
    let keys = parallelMap(count: 16, threads: 8) { _ in
      chain.forget(first)
      return (try? chain.current())?.accessKey
    }
    #expect(Set(keys) == ["A2"])
    #expect(source.fetched.load(ordering: .relaxed) == 2)
  }

  /// Fails, once all who want credentials wait for them.
  private final class Dead: CredentialsProvider {
    let waiting = Atomic(0)
    let asked = Atomic(0)

    func credentials() throws(Failure) -> Credentials? {
      asked.add(1, ordering: .relaxed)
      while waiting.load(ordering: .relaxed) < 8 { usleep(1000) }
      usleep(50_000)
      throw Failure(.tryAgain, "no answer")
    }
  }

  @Test func `A failure is that of all who waited, and the next one tries again`() {
    let source = Dead()
    let chain = CredentialsChain([source])
    let failures = parallelMap(count: 8, threads: 8) { _ -> Failure? in
      source.waiting.add(1, ordering: .relaxed)
      do throws(Failure) { _ = try chain.current() } catch { return error }
      return nil
    }
    #expect(failures.allSatisfy { $0 == Failure(.tryAgain, "no answer") })
    // One may have come to wait only after the first had failed.
    let asked = source.asked.load(ordering: .relaxed)
    #expect(asked <= 2)
    #expect(throws: Failure.self) { try chain.current() }
    #expect(source.asked.load(ordering: .relaxed) == asked + 1)
  }

  @Test func `One thread fetches while the others wait`() throws {
    let source = Source(lifetime: 3600)
    let chain = chain(source)
    let keys = parallelMap(count: 32, threads: 8) { _ in (try? chain.current())?.accessKey }
    #expect(Set(keys) == ["A1"] && source.fetched.load(ordering: .relaxed) == 1)
  }
}
