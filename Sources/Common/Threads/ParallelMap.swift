internal import Glibc

/// Calls `body(0)` to `body(count - 1)` on up to `threads` threads, and gives the results in order.
///
/// Indices are handed out in ascending order. After a failure no new index is begun; of several failures
/// the one with the lowest index is thrown, so that the message does not depend on the number of threads.
package func parallelMap<T: Sendable, E: Error>(
  count: Int, threads: Int, _ body: @Sendable (Int) throws(E) -> T
) throws(E) -> [T] {
  let workers = min(threads, count)
  if workers <= 1 {
    var results: [T] = []
    results.reserveCapacity(count)
    for index in 0..<max(count, 0) { results.append(try body(index)) }
    return results
  }
  let shared = Shared<T, E>(count: count)
  withoutActuallyEscaping(body) { body in
    let work: @Sendable () -> Void = {
      while let index = shared.next() {
        do throws(E) { shared.finish(index, .success(try body(index))) } catch {
          shared.finish(index, .failure(error))
        }
      }
    }
    let others = (1..<workers).compactMap { _ in Worker.start(work) }
    work()
    for thread in others { thread.join() }
  }
  return try shared.results()
}

/// Does `other` on a thread of its own while `body` is run, and waits for it; on one thread before.
package func beside<T: ~Copyable, E: Error>(
  threads: Int, _ other: @escaping @Sendable () -> Void, _ body: () throws(E) -> T
) throws(E) -> T {
  let thread = threads > 1 ? Worker.start(other) : nil
  if thread == nil { other() }
  defer { thread?.join() }
  return try body()
}

/// The indices that are still to be done, and what has come of the others.
private final class Shared<T: Sendable, E: Error>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var upcoming = 0
  private var slots: [Result<T, E>?]
  private var failed = false

  init(count: Int) {
    slots = Array(repeating: nil, count: count)
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func next() -> Int? {
    locked {
      guard !failed, upcoming < slots.count else { return nil }
      defer { upcoming += 1 }
      return upcoming
    }
  }

  func finish(_ index: Int, _ result: Result<T, E>) {
    locked {
      slots[index] = result
      if case .failure = result { failed = true }
    }
  }

  func results() throws(E) -> [T] {
    var values: [T] = []
    values.reserveCapacity(slots.count)
    for slot in slots {
      guard let slot else { break }
      values.append(try slot.get())
    }
    return values
  }
}
