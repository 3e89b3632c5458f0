/// What makes a layout: pieces of each component, and the units that together fix a time.
enum LayoutParser {
  struct Complaint: Error {
    let reason: String
  }

  static func component(_ name: [UInt8]) -> Result<Layout.Component, Complaint> {
    if name.isEmpty { return refuse("there is nothing before or between its slashes") }
    if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] {
      return refuse("'.' and '..' name no directory of their own")
    }
    let parts = split(name[...], at: UInt8(ascii: "*"))
    return pieces(parts.head).flatMap { head in
      guard let tail = parts.tail else { return .success(head) }
      return pieces(tail).flatMap { withAny(head, $0) }
    }
  }

  /// The text before and behind the first `*`, if there is one.
  private static func split(_ name: ArraySlice<UInt8>, at byte: UInt8) -> (
    head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>?
  ) {
    guard let index = name.firstIndex(of: byte) else { return (name, nil) }
    return (name[..<index], name[(index + 1)...])
  }

  private static func withAny(_ head: Layout.Component, _ tail: Layout.Component) -> Result<
    Layout.Component, Complaint
  > {
    switch (head.first, tail.first) {
    case (nil, nil): .success([.any(ending: [])])
    case (nil, .literal(let ending)) where tail.count == 1: .success([.any(ending: ending)])
    case (.literal, nil) where head.count == 1: .success(head + [.any(ending: [])])
    case (.literal, .literal(let ending)) where head.count == 1 && tail.count == 1:
      .success(head + [.any(ending: ending)])
    default: refuse("a component with '*' has no time in it, as in 'region=*/dt=%Y-%m-%d'")
    }
  }

  private static func pieces(_ text: ArraySlice<UInt8>) -> Result<Layout.Component, Complaint> {
    var pieces: Layout.Component = []
    var rest = text
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): return refuse("a component can have only one '*'")
      case UInt8(ascii: "%"):
        guard let letter = rest.popFirst() else { return refuse("nothing follows the last %") }
        if letter == UInt8(ascii: "%") {
          append(letter, to: &pieces)
        } else if let unit = TimeUnit(letter: letter) {
          pieces.append(.unit(unit))
        } else {
          return refuse("%\(Unicode.Scalar(letter)) is none of %Y %m %d %j %H %M %S %s and %%")
        }
      default: append(byte, to: &pieces)
      }
    }
    return endsOfEpochAreClear(pieces)
      ? .success(pieces) : refuse("digits right behind %s would be part of it")
  }

  private static func append(_ byte: UInt8, to pieces: inout Layout.Component) {
    if case .literal(let bytes) = pieces.last {
      pieces[pieces.count - 1] = .literal(bytes + [byte])
    } else {
      pieces.append(.literal([byte]))
    }
  }

  private static func endsOfEpochAreClear(_ pieces: Layout.Component) -> Bool {
    zip(pieces, pieces.dropFirst()).allSatisfy { piece, next in
      guard piece == .unit(.epoch) else { return true }
      guard case .literal(let bytes) = next, let first = bytes.first else { return false }
      return !isDigit(first)
    }
  }

  /// The smallest unit's length, if the units fix a time.
  static func step(of components: [Layout.Component]) -> Result<Int64, Complaint> {
    let units = Set(components.joined().compactMap { if case .unit(let unit) = $0 { unit } else { nil } })
    if units.isEmpty { return refuse("it has no time in it, as dt=%Y-%m-%d has") }
    if units.contains(.epoch) { return .success(1) }
    if !units.contains(.year) { return refuse("it has no year (%Y, or %s)") }
    if !units.contains(.day) && !units.contains(.dayOfYear) {
      return refuse("its smallest unit must be a day (%d, %j) or less: months and years have no fixed length")
    }
    if !units.contains(.dayOfYear) && !units.contains(.month) { return refuse("%d needs a month (%m)") }
    for (unit, greater, reason) in [
      (TimeUnit.minute, TimeUnit.hour, "%M needs an hour (%H); the month is %m"),
      (.second, .minute, "%S needs a minute (%M)"),
    ] where units.contains(unit) && !units.contains(greater) {
      return refuse(reason)
    }
    return .success(units.compactMap(\.length).min() ?? 86_400)
  }

  private static func refuse<T>(_ reason: String) -> Result<T, Complaint> {
    .failure(Complaint(reason: reason))
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
