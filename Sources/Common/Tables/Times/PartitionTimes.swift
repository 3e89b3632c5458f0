internal import Bytes
internal import Failures
internal import JSON
internal import Partitions

/// What the values of a table's partition columns say: typed as JSON, and the time of the partition.
struct PartitionTimes {
  /// What is known of all files that have the same values.
  struct Known {
    /// A JSON object; nil where the table has no partition columns.
    let columns: String?
    /// Seconds since 1970; `unknown` where the values are not spelled as the layout says, `none` where one is null.
    let time: Int64
  }

  private let columns: PartitionColumns
  private let source: Source

  private enum Source {
    /// A component of the layout, the `name=` that it begins with, and the column's index.
    case layout([(component: Layout.Component, name: [UInt8], column: Int)])
    case column(Int)
    case elsewhere
  }

  /// 66 for a layout of other columns than the table's.
  init(_ columns: PartitionColumns, _ times: TableTimes, _ table: Location) throws(Failure) {
    self.columns = columns
    switch times {
    case .commit: source = .elsewhere
    case .column(let name): source = columns.index(of: name).map { .column($0) } ?? .elsewhere
    case .layout(let layout):
      var components: [(component: Layout.Component, name: [UInt8], column: Int)] = []
      for component in layout.components {
        let (name, column) = try Self.column(component, layout, columns, table)
        components.append((component, name, column))
      }
      source = .layout(components)
    }
  }

  /// Whether files have a time of their own, from statistics or commits.
  var isElsewhere: Bool { if case .elsewhere = source { true } else { false } }

  /// Of a text of partition values, a JSON object; fails with a clause.
  func known(_ text: [UInt8]) throws(ActionError) -> Known {
    guard !columns.columns.isEmpty else { return Known(columns: nil, time: LiveFiles.Entry.unknown) }
    let given: JSONValue
    do throws(JSONError) { given = try text.isEmpty ? .object([]) : JSONValue.parse(text) } catch {
      throw ActionError(error)
    }
    var (members, values): ([JSONValue.Member], [String?]) = ([], [])
    for column in columns.columns {
      let value = try Self.text(given[column.name], column.name)
      guard let json = column.type.json(value) else {
        throw ActionError("'\(value ?? "")' is no value of its partition column '\(column.name)'")
      }
      members.append(.init(column.name, json))
      values.append(json == .null ? nil : value)
    }
    return Known(columns: JSONValue.object(members).text, time: time(values))
  }

  /// Nil for null alone.
  private static func text(_ value: JSONValue?, _ column: String) throws(ActionError) -> String? {
    guard let value else { throw ActionError("it has no value of its partition column '\(column)'") }
    if value == .null { return nil }
    guard let text = value.string else {
      throw ActionError("its value of its partition column '\(column)' is neither a string nor null")
    }
    return text
  }

  private func time(_ values: [String?]) -> Int64 {
    switch source {
    case .elsewhere: return LiveFiles.Entry.unknown
    case .column(let index):
      guard let value = values[index] else { return LiveFiles.Entry.none }
      return TimeText.seconds(value) ?? LiveFiles.Entry.unknown
    case .layout(let components):
      var known = PartialTime()
      for (component, name, column) in components {
        // Any value will do, and so will none.
        if component.isAny { continue }
        guard let value = values[column] else { return LiveFiles.Entry.none }
        guard let more = match(component, name, value, columns.columns[column].type, knowing: known) else {
          return LiveFiles.Entry.unknown
        }
        known = more
      }
      return known.first(in: TimeRange.always) ?? LiveFiles.Entry.unknown
    }
  }

  /// A number is matched by as many digits as there must be: the ninth hour of an integer column is `9`.
  private func match(
    _ component: Layout.Component, _ name: [UInt8], _ value: String, _ type: PartitionType,
    knowing known: PartialTime
  ) -> PartialTime? {
    for zeros in 0...(type == .integer ? 3 : 0) {
      let padded = name + [UInt8](repeating: UInt8(ascii: "0"), count: zeros) + value.utf8
      if let more = component.match(padded[...], knowing: known) { return more }
    }
    return nil
  }

  /// The column that a component names in front of its `=`.
  private static func column(
    _ component: Layout.Component, _ layout: Layout, _ columns: PartitionColumns, _ table: Location
  ) throws(Failure) -> (name: [UInt8], column: Int) {
    guard case .literal(let text) = component.first, let equals = text.firstIndex(of: UInt8(ascii: "="))
    else {
      throw Failure(
        .usage, cannot: "match the layout", "'\(layout)'",
        because: "in a table each component is column=pattern, as in dt=%Y-%m-%d")
    }
    let name = String(decoding: text[..<equals], as: UTF8.self)
    guard let index = columns.index(of: name) else {
      throw Failure(
        .noInput, cannot: "match the layout '\(layout)'", "in \(table)",
        because: "'\(name)' is no partition column of the table, which has: \(columns.names)")
    }
    return (Array(text[...equals]), index)
  }
}

extension Layout.Component {
  /// `name=*`
  fileprivate var isAny: Bool { last == .any(ending: []) }
}
