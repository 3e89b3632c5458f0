/// Which rows of a row group have their time in the range.
struct RowFilter {
  /// What holds for all rows, where there is no column to look at.
  private var isIn = true
  private var column: TimeColumn?

  /// Reads no column where the statistics say enough.
  init(
    _ selection: RowSelection, _ schema: Schema, _ group: RowGroup, _ open: ColumnOpening
  ) throws(ParquetError) {
    guard let times = selection.times else { return }
    let title = columnTitle([times.column])
    guard !selection.constants.contains(where: { $0.name.utf8.elementsEqual(times.column.utf8) }) else {
      throw .unsupported("\(title): its times are not in the file")
    }
    guard let node = schema.nodes.first(where: { $0.name.utf8.elementsEqual(times.column.utf8) }) else {
      // Who asks for a file of its own has looked; in a table the file may be older than the column.
      isIn = false
      return
    }
    guard case .leaf(let leaf) = node.content, leaf.maxRepetition == 0, let kind = try? ValueKind(leaf),
      kind.isTime, group.columns.indices.contains(leaf.index)
    else { throw .unsupported("\(title): it has no timestamps and no dates") }
    switch times.covers(group.columns[leaf.index], of: leaf, kind, rows: group.rows) {
    case let isIn?: self.isIn = isIn
    case nil: column = try open([leaf]).first.map { TimeColumn(times, leaf, kind, $0) }
    }
  }

  /// Whether no row is, without a look at any.
  var isEmpty: Bool { column == nil && !isIn }

  /// Whether the next row's is.
  mutating func next() throws(ParquetError) -> Bool { try column?.next() ?? isIn }
}

/// The values of a column of times, one after the other.
private struct TimeColumn {
  private let times: RowTimes
  private let leaf: Leaf
  private let kind: ValueKind
  private let source: any ColumnSource
  private var cursor = LeafCursor()

  init(_ times: RowTimes, _ leaf: Leaf, _ kind: ValueKind, _ source: any ColumnSource) {
    self.times = times
    self.leaf = leaf
    self.kind = kind
    self.source = source
  }

  /// Whether the next one is in the range.
  mutating func next() throws(ParquetError) -> Bool {
    while cursor.entry >= cursor.entries {
      guard let next = try source.next() else {
        throw .damaged("\(leaf.title): it has fewer rows than its row group")
      }
      cursor = next
    }
    let level = cursor.definitions?[cursor.entry] ?? 0
    cursor.entry += 1
    guard level == UInt8(clamping: leaf.maxDefinition) else { return false }
    guard cursor.value < cursor.count, let values = cursor.values else {
      throw .damaged("\(leaf.title): it has fewer values than its levels say")
    }
    cursor.value += 1
    return times.contains(kind.seconds(values, cursor.value - 1))
  }
}

extension RowTimes {
  func contains(_ seconds: Int64) -> Bool {
    if let since, seconds < since { return false }
    if let until, seconds >= until { return false }
    return true
  }

  /// Whether all rows' times are in the range, or none are; nil where the statistics don't tell.
  fileprivate func covers(_ chunk: ColumnChunk, of leaf: Leaf, _ kind: ValueKind, rows: Int) -> Bool? {
    if chunk.nulls == rows { return false }
    guard let least = kind.seconds(plain: chunk.least), let greatest = kind.seconds(plain: chunk.greatest),
      least <= greatest
    else { return nil }
    if let since, greatest < since { return false }
    if let until, least >= until { return false }
    let hasNulls = leaf.maxDefinition > 0 && chunk.nulls != 0
    return !hasNulls && contains(least) && contains(greatest) ? true : nil
  }
}

extension ValueKind {
  fileprivate var isTime: Bool {
    switch self {
    case .date, .timestamp, .int96: true
    default: false
    }
  }

  /// Since 1970, of a value as PLAIN encodes it; nil where there is none, and for INT96, whose order nobody agrees on.
  fileprivate func seconds(plain bytes: [UInt8]?) -> Int64? {
    guard let bytes else { return nil }
    return bytes.withUnsafeBytes { bytes in
      switch self {
      case .date where bytes.count == 4:
        Int64(Int32(littleEndian: bytes.loadUnaligned(as: Int32.self))) * 86_400
      case .timestamp(let unit, _) where bytes.count == 8:
        unit.split(Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))).seconds
      default: nil
      }
    }
  }

  fileprivate func seconds(_ values: UnsafeRawPointer, _ index: Int) -> Int64 {
    switch self {
    case .date: Int64(values.value(index, as: Int32.self)) * 86_400
    case .timestamp(let unit, _):
      unit.split(values.value(index, as: Int64.self)).seconds
    default: values.value(index, as: Int96.self).time.seconds
    }
  }
}
