import Watermarks

/// The stores that every test of the suite runs on.
enum StoreKind: CaseIterable {
  case sqlite

  /// An empty store, or the one that was opened before in the same scratch.
  func open(_ scratch: Scratch) throws -> any WatermarkStore {
    switch self {
    case .sqlite: try SQLiteStore(creating: scratch.database)
    }
  }
}
