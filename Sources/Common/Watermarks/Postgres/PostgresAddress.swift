internal import Bytes
internal import Failures
internal import Objects

extension StoreAddress {
  /// Whether a password stands in the text of an address; rather once too often than not.
  ///
  ///     postgres://user:password@host/database     postgres://host/database?password=...
  package static func holdsPassword(_ text: String) -> Bool {
    guard text.hasPrefix("postgres"), let start = text.firstRange(of: "://") else { return false }
    let parts = text[start.upperBound...].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    if let at = text.lastIndex(of: "@"), let colon = parts[0].firstIndex(of: ":"), colon < at { return true }
    let names = parts.dropFirst().joined().split(separator: "&").map { $0.prefix { $0 != "=" } }
    return names.contains { name in
      PercentEncoding.decode(name).map { String(decoding: $0, as: UTF8.self).hasSuffix("password") } ?? true
    }
  }

  #if PostgreSQL
  func postgres(existing url: String, _ settings: StoreSettings) throws(Failure) -> (any WatermarkStore)? {
    try PostgresStore(existing: url, patience: settings.patience, waiting: settings.waiting)
  }

  func postgres(creating url: String, _ settings: StoreSettings) throws(Failure) -> any WatermarkStore {
    try PostgresStore(creating: url, patience: settings.patience, waiting: settings.waiting)
  }
  #else
  func postgres(existing _: String, _: StoreSettings) throws(Failure) -> (any WatermarkStore)? {
    throw .withoutPostgres
  }

  func postgres(creating _: String, _: StoreSettings) throws(Failure) -> any WatermarkStore {
    throw .withoutPostgres
  }
  #endif
}

#if !PostgreSQL
extension Failure {
  fileprivate static var withoutPostgres: Failure {
    Failure(.configuration, cannot: "use", "postgres://...", because: "this wm was built without PostgreSQL")
  }
}
#endif
