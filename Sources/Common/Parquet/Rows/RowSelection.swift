/// Which rows, and what of them.
package struct RowSelection: Sendable {
  /// Paths of names from the root; all that lies below each is read, and nothing else. Nil for all columns. A name that
  /// the file does not have selects nothing. A map's keys are read whenever something of the map is.
  package var columns: [[String]]?
  /// Only rows whose time lies there.
  package var times: RowTimes?
  /// The numbers in the file, from 0 and ascending, of rows to leave out.
  package var deleted: [Int] = []
  /// Members that each row has besides, in front of its own: the value is compact JSON. One of the same name in the file
  /// is not read.
  package var constants: [(name: String, json: String)] = []

  package init() {}
}

/// A column of timestamps or dates, and the range that is wanted, in seconds since 1970: `since` is in it, `until` is not.
/// A row without a time is in no range, local times count as if they were UTC, and dates as their first second.
package struct RowTimes: Equatable, Sendable {
  package let column: String
  package let since: Int64?
  package let until: Int64?

  package init(column: String, since: Int64?, until: Int64?) {
    self.column = column
    self.since = since
    self.until = until
  }
}

/// What is wanted of a node of the schema.
struct Projection {
  private(set) var isWhole = false
  /// By the names' bytes: two that look alike are two.
  private var members: [[UInt8]: Projection] = [:]

  static let whole = Projection([[]])

  init(_ paths: [[String]]?) {
    guard let paths else {
      isWhole = true
      return
    }
    for path in paths { select(path[...]) }
  }

  /// Nil where nothing of the member is wanted.
  subscript(name: String) -> Projection? { isWhole ? self : members[Array(name.utf8)] }

  private mutating func select(_ path: ArraySlice<String>) {
    guard let name = path.first else {
      isWhole = true
      return
    }
    members[Array(name.utf8), default: Projection([])].select(path.dropFirst())
  }
}
