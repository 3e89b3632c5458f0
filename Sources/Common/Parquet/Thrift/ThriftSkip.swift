extension ThriftReader {
  /// How far structures may lie within each other where nobody knows them.
  private static let mostDepth = 32

  /// Passes over a field that is not known, or not wanted.
  mutating func skip(_ field: ThriftField) throws(ThriftFault) {
    if field.type == .yes || field.type == .no { return }
    try skip(field.type, depth: 0)
  }

  private mutating func skip(_ type: ThriftType, depth: Int) throws(ThriftFault) {
    guard depth < Self.mostDepth else { throw .malformed }
    switch type {
    case .stop: throw .malformed
    case .yes, .no, .int8: try skip(1)
    case .int16, .int32, .int64: _ = try varint()
    case .double: try skip(8)
    case .uuid: try skip(16)
    case .binary: _ = try binary()
    case .list, .set: try skipList(depth)
    case .map: try skipMap(depth)
    case .structure: try skipStructure(depth)
    }
  }

  private mutating func skipList(_ depth: Int) throws(ThriftFault) {
    let (count, type) = try list()
    for _ in 0..<count { try skip(type, depth: depth + 1) }
  }

  private mutating func skipMap(_ depth: Int) throws(ThriftFault) {
    let count = try self.count()
    if count == 0 { return }
    let types = try byte()
    guard let key = ThriftType(rawValue: types >> 4), let value = ThriftType(rawValue: types & 15) else {
      throw .malformed
    }
    for _ in 0..<count {
      try skip(key, depth: depth + 1)
      try skip(value, depth: depth + 1)
    }
  }

  private mutating func skipStructure(_ depth: Int) throws(ThriftFault) {
    var last = 0
    while let field = try self.field(after: &last) {
      if field.type == .yes || field.type == .no { continue }
      try skip(field.type, depth: depth + 1)
    }
  }
}
