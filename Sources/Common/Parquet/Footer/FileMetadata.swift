/// The footer (parquet.thrift, FileMetaData). Row groups are read with the schema at hand, so that no more is kept of them
/// than `RowGroup` has.
struct FileMetadata {
  /// Of columns of row groups, in all.
  private static let mostChunks = 1 << 19

  let schema: Schema
  let groups: [RowGroup]

  init(_ bytes: UnsafeRawBufferPointer, fileSize: Int) throws(ParquetError) {
    let fields = try ParquetError.of { () throws(ThriftFault) in try FileFields(bytes) }
    guard let elements = fields.elements else {
      throw .unsupported("its schema has more than \(FileFields.mostNodes) columns and groups")
    }
    schema = try Schema(elements)
    guard fields.groups <= Self.mostChunks / max(schema.leaves.count, 1) else {
      throw .unsupported("its row groups have more than \(Self.mostChunks) columns in all")
    }
    groups = try fields.rowGroups(schema.leaves, fileSize: fileSize)
  }
}

/// What the footer has, the row groups not yet read.
private struct FileFields {
  /// No sensible file has as many.
  static let mostNodes = 1 << 17

  /// Of the schema; nil where they are too many.
  var elements: [SchemaElement]? = []
  var groups = 0
  /// Where the row groups begin.
  private var list: ThriftReader
  /// Of all row groups; nil where it is not said.
  private var rows: Int?
  private var isOfParquetMR = false

  init(_ bytes: UnsafeRawBufferPointer) throws(ThriftFault) {
    var reader = ThriftReader(bytes)
    list = reader
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 2: elements = try Self.elements(&reader, field)
      case 3: rows = try reader.int(field)
      case 4:
        list = reader
        groups = try list.list(field, of: .structure)
        try reader.skip(field)
      // What program, of which version.
      case 6: isOfParquetMR = try reader.binary(field).starts(with: "parquet-mr".utf8)
      default: try reader.skip(field)
      }
    }
  }

  private static func elements(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault)
    -> [SchemaElement]?
  {
    let before = reader
    let count = try reader.list(field, of: .structure)
    guard count <= mostNodes else {
      reader = before
      try reader.skip(field)
      return nil
    }
    var elements: [SchemaElement] = []
    for _ in 0..<count { elements.append(try SchemaElement(&reader)) }
    return elements
  }

  func rowGroups(_ leaves: [Leaf], fileSize: Int) throws(ParquetError) -> [RowGroup] {
    var reader = list
    var found: [RowGroup] = []
    found.reserveCapacity(groups)
    var row = 0
    for _ in 0..<groups {
      let fields = try ParquetError.of { () throws(ThriftFault) in
        try RowGroupFields(&reader, leaves, fileSize: fileSize, isOfParquetMR: isOfParquetMR)
      }
      let group = try RowGroup(fields, leaves, firstRow: row)
      found.append(group)
      row += group.rows
    }
    // Some writers left it at 0.
    if let rows, rows != 0, rows != row {
      throw .damaged("its footer has \(rows) rows, and its row groups \(row)")
    }
    return found
  }
}

/// A row group (parquet.thrift, RowGroup).
struct RowGroupFields {
  /// As many as the schema has; none where it has not so many.
  var columns: [ColumnChunk] = []
  var columnCount = 0
  var rows = -1

  init(_ reader: inout ThriftReader, _ leaves: [Leaf], fileSize: Int, isOfParquetMR: Bool) throws(ThriftFault)
  {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1:
        var list = reader
        columnCount = try list.list(field, of: .structure)
        columns = []
        guard columnCount == leaves.count else {
          try reader.skip(field)
          continue
        }
        columns.reserveCapacity(columnCount)
        for leaf in leaves {
          let metadata = try ColumnMetadata(&list, leaf)
          columns.append(ColumnChunk(metadata, leaf, fileSize: fileSize, isOfParquetMR: isOfParquetMR))
        }
        reader = list
      case 3: rows = try reader.int(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension ParquetError {
  fileprivate static func of<T>(_ read: () throws(ThriftFault) -> T) throws(ParquetError) -> T {
    do { return try read() } catch {
      throw .damaged(error == .cutShort ? "its footer is cut short" : "its footer is damaged")
    }
  }
}
