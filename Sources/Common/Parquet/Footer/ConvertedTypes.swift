extension SchemaElement {
  /// What the values mean: the logical type, else what older files say (parquet.thrift, ConvertedType).
  var meaning: LogicalType? { logical ?? converted.flatMap(meaning(of:)) }

  private func meaning(of converted: Int) -> LogicalType? {
    switch converted {
    case 0: .string
    case 1: .map
    // The pairs of a map, or, where a map's own place has it, the map.
    case 2: repetition == Repetition.repeated.rawValue ? nil : .map
    case 3: .list
    case 4: .enum
    case 5: .decimal(precision: precision, scale: scale)
    case 6: .date
    case 7: .time(.milliseconds, isUTC: true)
    case 8: .time(.microseconds, isUTC: true)
    case 9: .timestamp(.milliseconds, isUTC: true)
    case 10: .timestamp(.microseconds, isUTC: true)
    case 11...14: .integer(bits: 8 << (converted - 11), isSigned: false)
    case 15...18: .integer(bits: 8 << (converted - 15), isSigned: true)
    case 19: .json
    case 20: .bson
    case 21: .interval
    default: .other("converted type \(converted)")
    }
  }
}

extension LogicalType {
  /// Itself, or where values so stored can't mean that, something that nobody reads.
  func fitting(_ physical: PhysicalType, length: Int) -> LogicalType {
    if case .other = self { return self }
    let fits = ValueKind.kind(of: self, in: physical, length: length) != nil
    return fits ? self : .other("\(self) of \(physical)")
  }
}
