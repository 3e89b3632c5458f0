internal import Failures

/// What makes a key one that every store can hold.
enum StoreKey {
  static let limit = 1024

  /// S3 takes at most 1,024 bytes, and at least one.
  static func check(_ key: Key) throws(StoreError) {
    guard !key.bytes.isEmpty else { throw .invalid("an empty key") }
    guard key.bytes.count <= limit else { throw .invalid("a key of more than \(limit) bytes") }
  }
}

extension WriteCondition {
  /// Why a write must not happen over an object of this tag (nil: no object); nil when it may.
  func violation(by tag: String?) -> StoreError? {
    switch (self, tag) {
    case (.always, _), (.absent, nil): nil
    case (.absent, _?): .conditionFailed
    case (.matches, nil): .notFound(.object)
    case (.matches(let wanted), let tag?): wanted == tag ? nil : .conditionFailed
    }
  }
}

extension StoreError {
  /// A failure of the file system, or of what lies below a store.
  init(_ failure: Failure) {
    switch failure.exit {
    case .permission: self = .denied(failure.reason)
    default: self = .io(failure.exit, failure.reason)
    }
  }
}
