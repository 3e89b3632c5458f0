import Synchronization
import Testing
import Threads

/// Not tested here: a system that has no thread to give.
struct ThreadsTests {
  private struct Oops: Error, Equatable { let index: Int }

  @Test(arguments: [0, 1, 2, 7, 64])
  func `results come in order, whatever the number of threads`(_ threads: Int) {
    #expect(parallelMap(count: 1000, threads: threads) { $0 * $0 } == (0..<1000).map { $0 * $0 })
    #expect(parallelMap(count: 0, threads: threads) { $0 } == [])
  }

  @Test func `each index is worked on once`() {
    let calls = Mutex<[Int]>([])
    _ = parallelMap(count: 500, threads: 8) { index in calls.withLock { $0.append(index) } }
    #expect(calls.withLock { $0.sorted() } == Array(0..<500))
  }

  @Test(arguments: [1, 2, 8])
  func `of several failures the first in order is thrown`(_ threads: Int) {
    for _ in 0..<50 {
      #expect(throws: Oops(index: 3)) {
        try parallelMap(count: 100, threads: threads) { (index) throws(Oops) -> Int in
          if index >= 3 { throw Oops(index: index) }
          return index
        }
      }
    }
  }

  @Test func `after a failure no new index is begun`() {
    let begun = Mutex(0)
    #expect(throws: Oops.self) {
      try parallelMap(count: 1_000_000, threads: 2) { (index) throws(Oops) -> Int in
        begun.withLock { $0 += 1 }
        if index == 10 { throw Oops(index: index) }
        return index
      }
    }
    #expect(begun.withLock { $0 } < 1_000_000)
  }

  @Test(arguments: [0, 1, 5]) func `others work while a body does, and are waited for`(_ threads: Int) {
    let made = Monitor(0)
    let seen = besides(threads: threads, { made.change { $0 += 1 } }) { started in
      made.wait { $0 == started ? $0 : nil }
    }
    #expect(seen == threads && made.change { $0 } == threads)
  }
}
