internal import Codecs

/// What the footer says of a column in a row group (parquet.thrift, ColumnChunk with its ColumnMetaData).
struct ColumnMetadata {
  var isElsewhere = false
  var isEncrypted = false
  var hasContent = false
  var type = -1
  /// Whether it is named as the leaf is.
  var isNamed = false
  var codec = -1
  var values = -1
  var size = -1
  var dataPage = -1
  var dictionaryPage = 0
  var statistics = StatisticsFields()

  init(_ reader: inout ThriftReader, _ leaf: Leaf) throws(ThriftFault) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: isElsewhere = try !reader.binary(field).isEmpty
      case 3: try readContent(&reader, field, leaf)
      case 8:
        isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    guard hasContent || isEncrypted else { throw .malformed }
  }

  private mutating func readContent(
    _ reader: inout ThriftReader, _ field: ThriftField, _ leaf: Leaf
  ) throws(ThriftFault) {
    guard field.type == .structure else { throw .malformed }
    hasContent = true
    var needed = 0
    var last = 0
    while let field = try reader.field(after: &last) {
      needed += [1, 3, 4, 5, 7, 9].contains(field.id) ? 1 : 0
      switch field.id {
      case 1: type = try reader.int(field)
      case 3:
        let count = try reader.list(field, of: .binary)
        isNamed = count == leaf.path.count
        for place in 0..<count {
          let name = try reader.binary()
          isNamed = isNamed && name.elementsEqual(leaf.path[place].utf8)
        }
      case 4: codec = try reader.int(field)
      case 5: values = try reader.int(field)
      case 7: size = try reader.int(field)
      case 9: dataPage = try reader.int(field)
      case 11: dictionaryPage = try reader.int(field)
      case 12: statistics = try StatisticsFields(&reader, field)
      default: try reader.skip(field)
      }
    }
    // Few bytes can't say that there are many columns.
    guard needed == 6 else { throw .malformed }
  }
}

/// parquet.thrift, Statistics.
struct StatisticsFields {
  var oldLeast: [UInt8]?
  var oldGreatest: [UInt8]?
  var least: [UInt8]?
  var greatest: [UInt8]?
  var nulls: Int?

  init() {}

  init(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault) {
    guard field.type == .structure else { throw .malformed }
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: oldGreatest = Array(try reader.binary(field))
      case 2: oldLeast = Array(try reader.binary(field))
      case 3: nulls = try reader.int(field)
      case 5: greatest = Array(try reader.binary(field))
      case 6: least = Array(try reader.binary(field))
      default: try reader.skip(field)
      }
    }
  }
}
