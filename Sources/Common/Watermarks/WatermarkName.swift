package import Failures

/// A watermark's name: `ads`, or `tenant/ads`.
///
/// Invariants: one or more components joined by `/`, 255 bytes at most in all; each of 1 to 64 characters of
/// `A-Z a-z 0-9 . _ -`, the first of which is neither `-` (never an option) nor `.` (never a path that climbs).
package struct WatermarkName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init(_ text: String) throws(Failure) {
    let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard text.utf8.count <= 255, components.allSatisfy(Self.isComponent) else {
      throw Failure(
        .usage, cannot: "use the name", "'\(text.prefix(64))'",
        because: "write 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with - or . (or several, joined with /)")
    }
    self.text = text
  }

  package static func < (a: WatermarkName, b: WatermarkName) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  package var description: String { text }

  private static func isComponent(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
    (1...64).contains(bytes.count) && bytes.first != UInt8(ascii: "-") && bytes.first != UInt8(ascii: ".")
      && bytes.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
