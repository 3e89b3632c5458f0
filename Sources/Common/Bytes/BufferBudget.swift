internal import Synchronization

/// How much memory readers of a process may take to read ahead, whatever their number and the size of what they read.
/// Nobody waits for a share: a reader that gets none goes on in small pieces, or over its one connection.
package final class BufferBudget: Sendable {
  private let left: Mutex<Int>

  package init(bytes: Int = 64 << 20) { left = Mutex(bytes) }

  /// Up to `count` buffers of that size; how many it is.
  package func take(_ count: Int, of size: Int) -> Int {
    left.withLock { left in
      let given = max(0, min(count, left / max(size, 1)))
      left -= given * size
      return given
    }
  }

  package func give(_ count: Int, of size: Int) { left.withLock { $0 += count * size } }

  /// So many bytes, or nil where there are fewer.
  package func share(of bytes: Int) -> BufferShare? {
    take(1, of: bytes) == 1 ? BufferShare(self, bytes) : nil
  }
}

/// Bytes of a budget, given back when nobody has the share any more.
package final class BufferShare: Sendable {
  private let budget: BufferBudget
  package let bytes: Int

  fileprivate init(_ budget: BufferBudget, _ bytes: Int) {
    self.budget = budget
    self.bytes = bytes
  }

  deinit { budget.give(1, of: bytes) }
}
