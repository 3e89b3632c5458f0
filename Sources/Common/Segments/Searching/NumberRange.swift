/// Numbers from one to another, both included; either may be missing.
struct NumberRange: Equatable {
  let lower: Double
  let upper: Double

  func contains(_ number: Double) -> Bool { lower <= number && number <= upper }

  /// `10..20`, `10..`, `..20`, or `15`; nil for anything else.
  init?(_ text: String) {
    if let dots = text.firstRange(of: "..") {
      guard let lower = Self.bound(text[..<dots.lowerBound], missing: -.infinity),
        let upper = Self.bound(text[dots.upperBound...], missing: .infinity)
      else { return nil }
      (self.lower, self.upper) = (lower, upper)
    } else {
      guard let number = Self.bound(text[...], missing: nil) else { return nil }
      (lower, upper) = (number, number)
    }
  }

  /// Decimal notation alone: neither hexadecimal nor names, which the standard library reads too.
  private static func bound(_ text: Substring, missing: Double?) -> Double? {
    if text.isEmpty { return missing }
    guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let number = Double(text),
      number.isFinite
    else { return nil }
    return number
  }
}
