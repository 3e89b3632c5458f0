/// The footer (parquet.thrift, FileMetaData).
struct FileMetadata {
  /// Of nodes of the schema, and of row groups: no sensible file has as many.
  private static let most = 1_000_000

  var elements: [SchemaElement] = []
  var groups: [GroupMetadata] = []
  /// Of all row groups; nil where it is not said.
  var rows: Int?
  /// What program, of which version.
  var writer = ""

  /// A row group (parquet.thrift, RowGroup).
  struct GroupMetadata {
    var columns: [ColumnMetadata] = []
    var rows = -1

    init(_ reader: inout ThriftReader) throws(ThriftFault) {
      var last = 0
      while let field = try reader.field(after: &last) {
        switch field.id {
        case 1:
          let count = try reader.list(field, of: .structure)
          for _ in 0..<count { columns.append(try ColumnMetadata(&reader)) }
        case 3: rows = try reader.int(field)
        default: try reader.skip(field)
        }
      }
    }
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(ThriftFault) {
    var reader = ThriftReader(bytes)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 2:
        let count = try Self.count(&reader, field)
        for _ in 0..<count { elements.append(try SchemaElement(&reader)) }
      case 3: rows = try reader.int(field)
      case 4:
        let count = try Self.count(&reader, field)
        for _ in 0..<count { groups.append(try GroupMetadata(&reader)) }
      case 6: writer = String(decoding: try reader.binary(field), as: UTF8.self)
      default: try reader.skip(field)
      }
    }
  }

  private static func count(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault) -> Int {
    let count = try reader.list(field, of: .structure)
    guard count <= most else { throw .malformed }
    return count
  }
}
