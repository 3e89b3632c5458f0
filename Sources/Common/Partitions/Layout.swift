package import Failures

/// How time is spelled in a path: `region=*/dt=%Y-%m-%d/hour=%H/minute=%M`.
///
/// Components are separated by `/`. In one, `%Y %m %d %j %H %M %S` are digits of a fixed width, `%s` is seconds since
/// 1970, `%%` is a percent sign, the rest stands for itself. `*` stands for any text in a component that has no time
/// in it; alone in a component, for any name that is not ignored.
/// Invariants: the units fix a time, to a day or closer; at least one component; none is empty, `.` or `..`.
package struct Layout: Equatable, Sendable, CustomStringConvertible {
  /// As it was given, without a `/` at its end.
  package let text: String
  package let components: [Component]
  /// The length of the smallest unit, in seconds: from one partition to the next if nothing else is said.
  package let step: Int64

  package typealias Component = [Piece]

  package enum Piece: Equatable, Sendable {
    case literal([UInt8])
    case unit(TimeUnit)
    /// `*`, and how the name ends behind it. Always the last piece of a component without a unit.
    case any(ending: [UInt8])
  }

  /// Fails with 64 and what is wrong.
  package init(_ text: String) throws(Failure) {
    func refuse(_ reason: String) -> Failure {
      Failure(.usage, cannot: "read the layout", "'\(text)'", because: reason)
    }
    self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    var components: [Component] = []
    for name in self.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      switch LayoutParser.component(Array(name)) {
      case .success(let component): components.append(component)
      case .failure(let complaint): throw refuse(complaint.reason)
      }
    }
    self.components = components
    switch LayoutParser.step(of: components) {
    case .success(let step): self.step = step
    case .failure(let complaint): throw refuse(complaint.reason)
    }
  }

  package var description: String { text }

  /// Names that begin with `_` or `.` are no data, as in Hadoop.
  package static func isIgnored(_ name: ArraySlice<UInt8>) -> Bool {
    name.first == UInt8(ascii: "_") || name.first == UInt8(ascii: ".")
  }

  /// The same partitions' range, with its ends moved up to where a partition can begin.
  package func aligned(_ range: TimeRange) -> Range<Int64> {
    func up(_ time: Int64) -> Int64 { -floorDivide(-time, step) * step }
    let seconds = range.seconds
    return min(
      up(seconds.lowerBound), TimeRange.always.upperBound)..<min(
        up(seconds.upperBound), TimeRange.always.upperBound)
  }
}
