package import Bytes
package import Failures
package import Objects

/// Where the watermarks are, as `--store` has it: `sqlite:PATH`, `postgres://...`, `s3://bucket/prefix`.
package enum StoreAddress: Equatable, Sendable {
  case sqlite(path: String)
  /// As libpq takes it; may hold a password, so it is never said.
  case postgres(url: String)
  case s3(Location)

  package init(_ text: String) throws(Failure) {
    if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(url: text)
    } else if text.hasPrefix("s3://"), let location = Location(argument: text) {
      self = .s3(location)
    } else if text.hasPrefix("sqlite:"), text.utf8.count > 7, !text.hasSuffix("/") {
      self = .sqlite(path: String(text.dropFirst(7)))
    } else {
      // The text itself is not said: it may be an address of libpq's other form, password and all.
      let scheme = ["sqlite:", "postgres:", "postgresql:", "s3:"].first { text.hasPrefix($0) }
      throw Failure(
        .usage, cannot: "use", "the store" + (scheme.map { " \($0)..." } ?? ""),
        because: "write sqlite:PATH, postgres://HOST/DATABASE or s3://BUCKET/PREFIX")
    }
  }

  /// `freshet/watermarks.db` under XDG_STATE_HOME, or under ~/.local/state where that is not an absolute path, as
  /// the XDG Base Directory Specification has it.
  package init(stateHome: String?, home: String?) throws(Failure) {
    if let stateHome, stateHome.hasPrefix("/") {
      self = .sqlite(path: stateHome + "/freshet/watermarks.db")
    } else if let home, home.hasPrefix("/") {
      self = .sqlite(path: home + "/.local/state/freshet/watermarks.db")
    } else {
      throw Failure(
        .configuration, cannot: "find", "the watermark store",
        because: "neither XDG_STATE_HOME nor HOME is set; say --store sqlite:PATH")
    }
  }

  /// For reading; nil where nothing was ever kept there. `unsafeSingleWriter` is the user's word that nobody else writes, for
  /// a bucket of a store that does not keep its conditions.
  package func openExisting(
    _ stores: Stores, unsafeSingleWriter: Bool = false
  ) throws(Failure) -> (any WatermarkStore)? {
    switch self {
    case .sqlite(let path): try SQLiteStore(existing: path)
    case .postgres(let url): try postgres(existing: url, stores.settings)
    case .s3(let location):
      try ObjectWatermarkStore(location, stores: stores, unsafeSingleWriter: unsafeSingleWriter)
    }
  }

  /// For changing; made where it is missing.
  package func open(
    _ stores: Stores, unsafeSingleWriter: Bool = false
  ) throws(Failure) -> any WatermarkStore {
    switch self {
    case .sqlite(let path): try SQLiteStore(creating: path)
    case .postgres(let url): try postgres(creating: url, stores.settings)
    case .s3(let location):
      try ObjectWatermarkStore(location, stores: stores, unsafeSingleWriter: unsafeSingleWriter)
    }
  }
}
