import Testing
import Watermarks

/// The stores that every test of the suite runs on.
enum StoreKind: CaseIterable {
  case sqlite, postgres

  /// PostgreSQL where there is a server to test on; PostgresTests says where there is none.
  static let allCases: [StoreKind] = PostgresServer.url == nil ? [.sqlite] : [.sqlite, .postgres]

  /// An empty store, or the one that was opened before in the same scratch.
  func open(_ scratch: Scratch) throws -> any WatermarkStore {
    switch self {
    case .sqlite: try SQLiteStore(creating: scratch.database)
    case .postgres: try PostgresStore(creating: try PostgresServer.url(scratch), patience: 20)
    }
  }

  /// Text that is hard to keep. PostgreSQL has no place for a NUL; and no argument can hold one.
  var oddText: String { self == .postgres ? "a\tb\n' ü" : "a\tb\n' \u{0} ü" }
}
