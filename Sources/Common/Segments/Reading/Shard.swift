internal import Bytes

/// The groups that one of several indexes of a slice has: those whose CRC-32 leaves its number, less 1, when divided by how many
/// there are. Without a group field a document is its own group.
package struct Shard: Equatable, Sendable, CustomStringConvertible {
  /// From 1 to `count`.
  package let number: Int
  package let count: Int

  package static let whole = Shard(number: 1, count: 1)
  package static let mostShards = 65_536

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// `2/8`; nil for what is no shard.
  package init?(_ text: String) {
    let sides = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let number = sides[0], let count = sides[1],
      (1...Self.mostShards).contains(count),
      (1...count).contains(number), text == "\(number)/\(count)"
    else { return nil }
    self.init(number: number, count: count)
  }

  package var description: String { "\(number)/\(count)" }

  package func contains(_ group: UnsafeRawBufferPointer) -> Bool {
    count == 1 || Self.number(of: group, count: count) == number
  }

  /// That of the group's shard, where there are so many.
  package static func number(of group: UnsafeRawBufferPointer, count: Int) -> Int {
    Int(CRC32.checksum(group)) % count + 1
  }
}
