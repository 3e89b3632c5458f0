internal import Bytes
internal import Objects
internal import Partitions

extension TextBounds {
  /// The key behind which everything within these bounds lies, below a directory; nil where the prefix says as much.
  func startAfter(_ directory: [UInt8]) -> Key? { lower == prefix ? nil : Key(directory + lower) }
}
