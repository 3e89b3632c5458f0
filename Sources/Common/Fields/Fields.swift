package import Failures
internal import Bytes

/// A fields file: the fields in its order.
///
/// Invariants: names differ; exactly one field is the id; at most one is the group.
package struct Fields: Equatable, Sendable {
  package let all: [Field]
  /// The index in `all` of the id field, and of the group field where there is one.
  package let id: Int
  package let group: Int?

  /// The file in one spelling (comments, blanks and defaults do not count), and its SHA-256 in hex.
  package var canonicalText: String { "" }
  package var hash: String { SHA256.hex(Array(canonicalText.utf8)) }

  /// Parses a fields file; 78 with the line's number and the reason where it is wrong.
  package static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> Fields {
    throw Failure(.configuration, "not built yet")
  }
}
