extension LogicalType {
  /// parquet.thrift, LogicalType: a structure with one field, which says by its id which type it is. Nil where it has none.
  init?(_ reader: inout ThriftReader, _ field: ThriftField) throws(ThriftFault) {
    guard field.type == .structure else { throw .malformed }
    var result: LogicalType?
    var last = 0
    while let kind = try reader.field(after: &last) {
      result = try Self.parameters(&reader, of: kind)
    }
    guard let result else { return nil }
    self = result
  }

  private static func parameters(_ reader: inout ThriftReader, of kind: ThriftField) throws(ThriftFault)
    -> LogicalType
  {
    switch kind.id {
    case 5: return try decimal(&reader, kind)
    case 7: return try time(&reader, kind) { .time($0, isUTC: $1) } ?? .other("TIME of an unknown unit")
    case 8:
      return try time(&reader, kind) { .timestamp($0, isUTC: $1) } ?? .other("TIMESTAMP of an unknown unit")
    case 10: return try integer(&reader, kind)
    default:
      try reader.skip(kind)
      return plain(kind.id)
    }
  }

  private static func plain(_ id: Int) -> LogicalType {
    switch id {
    case 1: .string
    case 2: .map
    case 3: .list
    case 4: .enum
    case 6: .date
    case 11: .unknown
    case 12: .json
    case 13: .bson
    case 14: .uuid
    case 15: .float16
    case 16: .other("VARIANT")
    case 17: .other("GEOMETRY")
    case 18: .other("GEOGRAPHY")
    case 19: .other("FILE")
    default: .other("logical type \(id)")
    }
  }

  private static func decimal(_ reader: inout ThriftReader, _ kind: ThriftField) throws(ThriftFault)
    -> LogicalType
  {
    guard kind.type == .structure else { throw .malformed }
    var scale = 0
    var precision = 0
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: scale = try reader.int(field)
      case 2: precision = try reader.int(field)
      default: try reader.skip(field)
      }
    }
    return .decimal(precision: precision, scale: scale)
  }

  private static func integer(_ reader: inout ThriftReader, _ kind: ThriftField) throws(ThriftFault)
    -> LogicalType
  {
    guard kind.type == .structure else { throw .malformed }
    var bits = 0
    var isSigned = true
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: bits = try reader.int(field)
      case 2: isSigned = try reader.boolean(field)
      default: try reader.skip(field)
      }
    }
    return .integer(bits: bits, isSigned: isSigned)
  }

  private static func time(
    _ reader: inout ThriftReader, _ kind: ThriftField, _ make: (TimeUnit, Bool) -> LogicalType
  ) throws(ThriftFault) -> LogicalType? {
    guard kind.type == .structure else { throw .malformed }
    var isUTC = false
    var unit: TimeUnit?
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: isUTC = try reader.boolean(field)
      case 2: unit = try self.unit(&reader, field)
      default: try reader.skip(field)
      }
    }
    return unit.map { make($0, isUTC) }
  }

  private static func unit(_ reader: inout ThriftReader, _ kind: ThriftField) throws(ThriftFault) -> TimeUnit?
  {
    guard kind.type == .structure else { throw .malformed }
    var unit: TimeUnit?
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: unit = .milliseconds
      case 2: unit = .microseconds
      case 3: unit = .nanoseconds
      default: unit = nil
      }
      try reader.skip(field)
    }
    return unit
  }
}
