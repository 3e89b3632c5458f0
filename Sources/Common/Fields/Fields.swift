package import Failures
internal import Bytes

/// A fields file: the fields in its order.
///
/// Invariants, held by `FieldRules`: names differ and are single words; exactly one field is the id; at most one is
/// the group; each merge suits its type; only with a group field is there a field of group scope.
package struct Fields: Equatable, Sendable {
  package let all: [Field]
  /// The index in `all` of the id field, and of the group field where there is one.
  package let id: Int
  package let group: Int?

  /// The fields, where they keep the rules; 78 with the reason where they don't.
  package init(all: [Field]) throws(Failure) {
    do throws(FieldRules.Violation) {
      self.id = try FieldRules.check(all)
    } catch {
      throw Failure(.configuration, cannot: "use", "the fields", because: error.reason)
    }
    self.all = all
    self.group = all.firstIndex { $0.kind == .group }
  }

  /// The file in one spelling (comments, blanks and defaults do not count), and its SHA-256 in hex.
  ///
  /// A line a field, five columns with one tab between them, and a sixth where a field is stemmed:
  ///
  ///     name TAB type TAB scope TAB merge TAB nopositions [TAB stem=language]
  ///
  /// `-` stands where a type takes no scope and merge, and where nothing differs from the default in the fifth. The
  /// language is spelled by its name.
  package var canonicalText: String {
    all.map { $0.canonicalLine + "\n" }.joined()
  }
  package var hash: String { SHA256.hex(Array(canonicalText.utf8)) }
}

extension Field {
  fileprivate var canonicalLine: String {
    let folded = kind != .id && kind != .group
    var columns = [
      name, kind.rawValue, folded ? scope.rawValue : "-", folded ? merge.rawValue : "-",
      kind == .text && !positions ? "nopositions" : "-",
    ]
    if let stem { columns.append("stem=\(stem)") }
    return columns.joined(separator: "\t")
  }
}
