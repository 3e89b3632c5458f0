extension StatisticsFields {
  /// The bounds that can be believed for that column, or nil.
  ///
  /// `min_value` and `max_value` are ordered as the column's type says. The older `min` and `max` were written by signed
  /// comparison, whatever the type: they hold for signed numbers alone. Of types without an order nothing is believed,
  /// nor are bounds of floating point with a NaN in them.
  func bounds(of leaf: Leaf) -> (least: [UInt8], greatest: [UInt8])? {
    guard leaf.hasOrder else { return nil }
    let isOld = least == nil && greatest == nil
    if isOld && !leaf.isSignedNumber { return nil }
    guard let least = isOld ? oldLeast : least, let greatest = isOld ? oldGreatest : greatest,
      leaf.takes(least), leaf.takes(greatest)
    else { return nil }
    return (least, greatest)
  }
}

extension Leaf {
  fileprivate var hasOrder: Bool {
    switch logical {
    case .interval, .unknown, .other: false
    default: physical != .int96
    }
  }

  fileprivate var isSignedNumber: Bool {
    switch (physical, logical) {
    case (.int32, .integer(_, isSigned: false)), (.int64, .integer(_, isSigned: false)): false
    case (.int32, _), (.int64, _), (.float, _), (.double, _): true
    default: false
    }
  }

  /// Whether it is as long as a value of the column is, and a number.
  fileprivate func takes(_ bound: [UInt8]) -> Bool {
    switch physical {
    case .boolean: bound.count == 1
    case .int32: bound.count == 4
    case .int64: bound.count == 8
    case .float: bound.count == 4 && bound.withUnsafeBytes { !$0.loadUnaligned(as: Float.self).isNaN }
    case .double: bound.count == 8 && bound.withUnsafeBytes { !$0.loadUnaligned(as: Double.self).isNaN }
    case .int96: false
    // A bound of bytes may be cut: it need not be a value.
    case .byteArray, .fixedLengthByteArray: true
    }
  }
}
