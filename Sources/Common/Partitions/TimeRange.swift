/// The times from `since` on and before `until`; without a bound where there is none.
package struct TimeRange: Equatable, Sendable {
  package let since: Instant?
  package let until: Instant?

  package init(since: Instant? = nil, until: Instant? = nil) {
    self.since = since
    self.until = until
  }

  /// All of time, in seconds since 1970: from year 1 to 9999.
  package static let always = Instant.bounds.lowerBound..<Instant.bounds.upperBound + 1

  /// In seconds since 1970. Empty where `until` is not later than `since`.
  package var seconds: Range<Int64> {
    let lower = since?.seconds ?? Self.always.lowerBound
    return lower..<max(lower, until?.seconds ?? Self.always.upperBound)
  }
}
