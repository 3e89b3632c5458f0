package import Failures

/// Where the watermarks are, as `--store` has it: `sqlite:PATH`; later also `postgres://...` and `s3://...`.
package enum StoreAddress: Equatable, Sendable {
  case sqlite(path: String)

  package init(_ text: String) throws(Failure) {
    for scheme in ["postgres://", "postgresql://", "s3://"] where text.hasPrefix(scheme) {
      throw Failure(
        .configuration, cannot: "use", "the store \(scheme)...", because: "it comes with a later version")
    }
    guard text.hasPrefix("sqlite:"), text.utf8.count > 7, !text.hasSuffix("/") else {
      throw Failure(.usage, cannot: "use", "the store '\(text)'", because: "write sqlite:PATH")
    }
    self = .sqlite(path: String(text.dropFirst(7)))
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

  /// For reading; nil where nothing was ever kept there.
  package func openExisting() throws(Failure) -> (any WatermarkStore)? {
    switch self {
    case .sqlite(let path): try SQLiteStore(existing: path)
    }
  }

  /// For changing; made where it is missing.
  package func open() throws(Failure) -> any WatermarkStore {
    switch self {
    case .sqlite(let path): try SQLiteStore(creating: path)
    }
  }
}
