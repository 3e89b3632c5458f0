/// A column of a row group.
package struct ForgedColumn: Sendable {
  package var pages: [ForgedPage]
  package var entries: Int
  package var type: Int
  package var codec = 0
  /// Fields of ColumnMetaData and of ColumnChunk that are to be others than they would be, or besides.
  package var metadata: [Int: Thrift] = [:]
  package var chunk: [Int: Thrift] = [:]

  package init(type: Int, entries: Int, codec: Int = 0, _ pages: [ForgedPage]) {
    self.pages = pages
    self.entries = entries
    self.type = type
    self.codec = codec
  }

  fileprivate func encoded(at start: Int, path: [Thrift]) -> Thrift {
    let size = pages.reduce(0) { $0 + $1.bytes.count }
    var fields: [Int: Thrift] = [
      1: .int32(type), 2: .list([.int32(0)]), 3: .list(path), 4: .int32(codec), 5: .int64(entries),
      6: .int64(size), 7: .int64(size), 9: .int64(start),
    ]
    fields.merge(metadata) { $1 }
    return .structure([2: .int64(start), 3: .structure(fields)].merging(chunk) { $1 })
  }
}

/// A node of the schema.
package enum Forged {
  package static let required = 0
  package static let optional = 1
  package static let repeated = 2

  package static func leaf(
    _ name: String, _ type: Int, _ repetition: Int = required, length: Int? = nil, converted: Int? = nil,
    logical: [Int: Thrift]? = nil
  ) -> [Int: Thrift] {
    var fields: [Int: Thrift] = [1: .int32(type), 3: .int32(repetition), 4: .text(name)]
    fields[2] = length.map { .int32($0) }
    fields[6] = converted.map { .int32($0) }
    fields[10] = logical.map { .structure($0) }
    return fields
  }

  package static func group(
    _ name: String, _ children: Int, _ repetition: Int = required, converted: Int? = nil,
    logical: [Int: Thrift]? = nil
  ) -> [Int: Thrift] {
    var fields: [Int: Thrift] = [3: .int32(repetition), 4: .text(name), 5: .int32(children)]
    fields[6] = converted.map { .int32($0) }
    fields[10] = logical.map { .structure($0) }
    return fields
  }
}

/// A Parquet file from its parts: an honest one, or one of which any field has been changed.
///
///     PAR1  pages of each column of each row group  footer  its length  PAR1
package struct ForgedFile: Sendable {
  package struct Group: Sendable {
    package var rows: Int
    package var columns: [ForgedColumn]

    package init(rows: Int, columns: [ForgedColumn]) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// The root first.
  package var elements: [[Int: Thrift]]
  package var groups: [Group]
  /// Fields of FileMetaData besides.
  package var metadata: [Int: Thrift] = [:]

  /// `nodes` are those below the root, each group before what is in it; `members` is how many of them are members of a row.
  package init(_ nodes: [[Int: Thrift]], members: Int? = nil, groups: [Group]) {
    elements = [Forged.group("schema", members ?? nodes.count)] + nodes
    self.groups = groups
  }

  /// Of one column.
  package init(_ leaf: [Int: Thrift], rows: Int, _ column: ForgedColumn) {
    self.init([leaf], groups: [Group(rows: rows, columns: [column])])
  }

  package var bytes: [UInt8] {
    var bytes = Array("PAR1".utf8)
    var rowGroups: [Thrift] = []
    let paths = self.paths
    for group in groups {
      var columns: [Thrift] = []
      for (i, column) in group.columns.enumerated() {
        columns.append(column.encoded(at: bytes.count, path: i < paths.count ? paths[i] : []))
        for page in column.pages { bytes += page.bytes }
      }
      rowGroups.append(.structure([1: .list(columns), 2: .int64(0), 3: .int64(group.rows)]))
    }
    let fields: [Int: Thrift] = [
      1: .int32(1), 2: .list(elements.map { .structure($0) }),
      3: .int64(groups.reduce(0) { $0 + $1.rows }), 4: .list(rowGroups), 6: .text("forge"),
    ]
    let footer = Thrift.structure(fields.merging(metadata) { $1 }).encoded
    return bytes + footer + littleEndian(UInt32(footer.count)) + Array("PAR1".utf8)
  }

  /// Of each leaf, the names from the root down.
  private var paths: [[Thrift]] {
    var paths: [[Thrift]] = []
    var open: [(name: Thrift, left: Int)] = []
    for element in elements.dropFirst() {
      guard let name = element[4] else { continue }
      if case .int32(let children) = element[5], children > 0 {
        open.append((name, children))
        continue
      }
      paths.append(open.map(\.name) + [name])
      while let last = open.last {
        open[open.count - 1].left = last.left - 1
        if last.left > 1 { break }
        open.removeLast()
      }
    }
    return paths
  }
}
