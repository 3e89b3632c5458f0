internal import Bytes
internal import Objects
internal import Partitions

extension ListRequest {
  /// Becomes the request for the next page; false where there is none.
  mutating func goOn(at next: String?) throws(StoreError) -> Bool {
    guard let next else { return false }
    guard next != continuing else { throw .invalid("the same page of the listing came twice") }
    continuing = next
    return true
  }
}

extension TextBounds {
  /// The key behind which everything within these bounds lies, below a directory; nil where the prefix says as much.
  func startAfter(_ directory: [UInt8]) -> Key? { lower == prefix ? nil : Key(directory + lower) }
}
