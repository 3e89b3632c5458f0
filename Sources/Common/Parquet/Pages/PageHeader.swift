/// What stands before each page (parquet.thrift, PageHeader).
struct PageHeader {
  enum Kind { case data, dataV2, dictionary, other }

  private(set) var kind = Kind.other
  private(set) var size = -1
  private(set) var compressedSize = -1
  private(set) var checksum: UInt32?
  private(set) var entries = -1
  private(set) var encoding = -1
  private(set) var definitionEncoding = Encoding.rle
  private(set) var repetitionEncoding = Encoding.rle
  /// Of version 2: the levels' sizes, and whether what follows them is compressed.
  private(set) var definitionSize = 0
  private(set) var repetitionSize = 0
  private(set) var isCompressed = true

  init(_ reader: inout ThriftReader) throws(ThriftFault) {
    var type = -1
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: type = try reader.int(field)
      case 2: size = try reader.int(field)
      case 3: compressedSize = try reader.int(field)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.int(field))
      case 5 where type == 0: try readData(&reader, field)
      case 7 where type == 2: try readDictionary(&reader, field)
      case 8 where type == 3: try readDataV2(&reader, field)
      default: try reader.skip(field)
      }
    }
    let isKnown = type == 0 || type == 2 || type == 3
    guard size >= 0, compressedSize >= 0, isKnown == (kind != .other) else { throw .malformed }
  }

  private mutating func readData(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault) {
    guard field.type == .structure else { throw .malformed }
    kind = .data
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: entries = try reader.int(field)
      case 2: encoding = try reader.int(field)
      case 3: definitionEncoding = try reader.int(field)
      case 4: repetitionEncoding = try reader.int(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readDictionary(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault)
  {
    guard field.type == .structure else { throw .malformed }
    kind = .dictionary
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: entries = try reader.int(field)
      case 2: encoding = try reader.int(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readDataV2(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault) {
    guard field.type == .structure else { throw .malformed }
    kind = .dataV2
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: entries = try reader.int(field)
      case 4: encoding = try reader.int(field)
      case 5: definitionSize = try reader.int(field)
      case 6: repetitionSize = try reader.int(field)
      case 7: isCompressed = try reader.boolean(field)
      default: try reader.skip(field)
      }
    }
  }
}

/// How the values of a page are encoded (parquet.thrift, Encoding; Encodings.md).
enum Encoding {
  static let plain = 0
  static let plainDictionary = 2
  static let rle = 3
  static let bitPacked = 4
  static let deltaBinaryPacked = 5
  static let deltaLengthByteArray = 6
  static let deltaByteArray = 7
  static let rleDictionary = 8
  static let byteStreamSplit = 9
}
