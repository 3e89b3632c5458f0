internal import Bytes
internal import Objects
internal import Partitions

extension ObjectStore {
  /// Page after page until there is none, or `body` has seen enough and says false.
  func eachPage(
    _ request: ListRequest, ofAtMost size: Int, _ body: (ListPage) throws(StoreError) -> Bool
  ) throws(StoreError) {
    var request = request
    request.limit = size
    while true {
      let page = try list(request)
      guard try body(page), let next = page.next else { return }
      guard next != request.continuing else { throw .invalid("the same page of the listing came twice") }
      request.continuing = next
    }
  }
}

extension TextBounds {
  /// The key behind which everything within these bounds lies, below a directory; nil where the prefix says as much.
  func startAfter(_ directory: [UInt8]) -> Key? { lower == prefix ? nil : Key(directory + lower) }
}
