internal import Glibc

extension UnsafeBufferPointer<UInt8> {
  /// Below 0 where these bytes come before the others, 0 where they are the same.
  package func order(to other: UnsafeBufferPointer) -> Int {
    let common = Swift.min(count, other.count)
    guard common > 0, let base = baseAddress, let otherBase = other.baseAddress else {
      return count - other.count
    }
    let order = memcmp(base, otherBase, common)
    return order != 0 ? Int(order) : count - other.count
  }

  package func begins(with prefix: UnsafeBufferPointer) -> Bool {
    count >= prefix.count && UnsafeBufferPointer(rebasing: self[..<prefix.count]).order(to: prefix) == 0
  }
}
