/// What a column's values are printed as: the logical type, settled with the physical one that carries it.
enum ValueKind: Equatable {
  case boolean, int32, uint32, int64, uint64, float16, float, double
  case decimal32(scale: UInt8)
  case decimal64(scale: UInt8)
  /// Of bytes: two's complement, the most significant byte first.
  case decimal(scale: UInt8)
  case date
  /// Of milliseconds, in an INT32.
  case shortTime
  case time(TimeUnit)
  case timestamp(TimeUnit, isUTC: Bool)
  case int96
  case uuid, interval, text, json
  /// Bytes of no known meaning, and BSON.
  case binary
  /// Always null.
  case null

  /// The greatest precision of a decimal: 32 bytes hold all numbers of that many digits.
  static let mostDigits = 76

  init(_ leaf: Leaf) throws(ParquetError) {
    guard let logical = leaf.logical else {
      self = Self(leaf.physical)
      return
    }
    if case .other(let name) = logical {
      throw .unsupported("\(leaf.title): \(name) is not read")
    }
    guard let kind = Self.kind(of: logical, in: leaf.physical, length: leaf.length) else {
      throw .unsupported("\(leaf.title): \(logical) is not read")
    }
    self = kind
  }

  private init(_ physical: PhysicalType) {
    switch physical {
    case .boolean: self = .boolean
    case .int32: self = .int32
    case .int64: self = .int64
    case .int96: self = .int96
    case .float: self = .float
    case .double: self = .double
    case .byteArray, .fixedLengthByteArray: self = .binary
    }
  }

  /// Nil where the one can't carry the other (LogicalTypes.md says what can): the schema has no such leaf.
  static func kind(of logical: LogicalType, in physical: PhysicalType, length: Int) -> ValueKind? {
    switch (logical, physical) {
    case (.string, .byteArray), (.enum, .byteArray): .text
    case (.json, .byteArray): .json
    case (.bson, .byteArray): .binary
    case (.uuid, .fixedLengthByteArray) where length == 16: .uuid
    case (.interval, .fixedLengthByteArray) where length == 12: .interval
    case (.float16, .fixedLengthByteArray) where length == 2: .float16
    case (.integer(let bits, let isSigned), .int32) where [8, 16, 32].contains(bits):
      isSigned ? .int32 : .uint32
    case (.integer(64, let isSigned), .int64): isSigned ? .int64 : .uint64
    case (.decimal(let precision, let scale), let physical):
      decimal(precision: precision, scale: scale, in: physical)
    case (.date, .int32): .date
    case (.time(.milliseconds, _), .int32): .shortTime
    case (.time(let unit, _), .int64) where unit != .milliseconds: .time(unit)
    case (.timestamp(let unit, let isUTC), .int64): .timestamp(unit, isUTC: isUTC)
    case (.unknown, _): .null
    default: nil
    }
  }

  private static func decimal(precision: Int, scale: Int, in physical: PhysicalType) -> ValueKind? {
    guard (1...mostDigits).contains(precision), (0...precision).contains(scale) else { return nil }
    return switch physical {
    case .int32: .decimal32(scale: UInt8(scale))
    case .int64: .decimal64(scale: UInt8(scale))
    case .byteArray, .fixedLengthByteArray: .decimal(scale: UInt8(scale))
    default: nil
    }
  }

  /// Whether it can name a member: as a key of a map that is an object.
  var isKey: Bool {
    switch self {
    case .float16, .float, .double, .interval, .json, .binary, .null: false
    default: true
    }
  }

  /// Whether it is printed in quotes wherever it stands.
  var isQuoted: Bool {
    switch self {
    case .date, .shortTime, .time, .timestamp, .int96, .uuid, .text: true
    default: false
    }
  }
}
