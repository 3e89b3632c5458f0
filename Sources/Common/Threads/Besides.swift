/// Runs `other` on up to so many threads of their own while `body` is run, and waits for them. `body` is told how many
/// there are: the system may have none to give.
package func besides<T: ~Copyable, E: Error>(
  threads: Int, _ other: @escaping @Sendable () -> Void, _ body: (Int) throws(E) -> T
) throws(E) -> T {
  let threads = (0..<max(threads, 0)).compactMap { _ in Worker.start(other) }
  defer { for thread in threads { thread.join() } }
  return try body(threads.count)
}
