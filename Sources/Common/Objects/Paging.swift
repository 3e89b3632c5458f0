extension ListRequest {
  /// Becomes the request for the next page; false where there is none.
  package mutating func goOn(at next: String?) throws(StoreError) -> Bool {
    guard let next else { return false }
    guard next != continuing else { throw .samePage }
    continuing = next
    return true
  }
}

extension StoreError {
  /// No store can keep us busy for ever.
  package static let samePage = StoreError.invalid("the same page of the listing came twice")
}
