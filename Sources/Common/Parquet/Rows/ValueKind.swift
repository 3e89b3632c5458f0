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
    guard let kind = Self.kind(of: logical, in: leaf) else {
      throw .unsupported("\(leaf.title): \(logical) of \(leaf.physical) is not read")
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

  /// Nil where the one can't carry the other (LogicalTypes.md says what can). Of what length a UUID is, and the like, the
  /// schema has checked.
  private static func kind(of logical: LogicalType, in leaf: Leaf) -> ValueKind? {
    switch (logical, leaf.physical) {
    case (.string, .byteArray), (.enum, .byteArray): .text
    case (.json, .byteArray): .json
    case (.bson, .byteArray): .binary
    case (.uuid, .fixedLengthByteArray): .uuid
    case (.interval, .fixedLengthByteArray): .interval
    case (.float16, .fixedLengthByteArray): .float16
    case (.integer(let bits, let isSigned), .int32) where bits <= 32: isSigned ? .int32 : .uint32
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

extension Leaf {
  var title: String { columnTitle(path) }
}

/// What a column is called in errors.
func columnTitle(_ path: [String]) -> String { "column '\(path.joined(separator: "."))'" }
