internal import Synchronization

/// How much memory all bodies of a process may take to read ahead, whatever their number and the size of their objects.
/// Nobody waits for a share: a body that gets none goes on over its one connection.
final class BufferBudget: Sendable {
  private let left: Mutex<Int>

  init(bytes: Int = 64 << 20) { left = Mutex(bytes) }

  /// Up to `count` buffers of that size; how many it is.
  func take(_ count: Int, of size: Int) -> Int {
    left.withLock { left in
      let given = max(0, min(count, left / max(size, 1)))
      left -= given * size
      return given
    }
  }

  func give(_ count: Int, of size: Int) { left.withLock { $0 += count * size } }
}
