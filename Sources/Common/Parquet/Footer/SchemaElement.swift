/// A node of the schema as the footer lists it: each before those below it (parquet.thrift, SchemaElement).
struct SchemaElement {
  var type: Int?
  var length = 0
  var repetition = 0
  var name = ""
  var children = 0
  var converted: Int?
  var scale = 0
  var precision = 0
  var logical: LogicalType?

  init(_ reader: inout ThriftReader) throws(ThriftFault) {
    var isNamed = false
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: type = try reader.int(field)
      case 2: length = try reader.int(field)
      case 3: repetition = try reader.int(field)
      case 4:
        name = try reader.string(field)
        isNamed = true
      case 5: children = try reader.int(field)
      case 6: converted = try reader.int(field)
      case 7: scale = try reader.int(field)
      case 8: precision = try reader.int(field)
      case 10: logical = try LogicalType(&reader, field)
      default: try reader.skip(field)
      }
    }
    guard isNamed else { throw .malformed }
  }
}
