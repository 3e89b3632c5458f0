/// One line of a fields file: what a member of the records means to the index.
package struct Field: Equatable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Names the document; exactly one field.
    case id
    /// Names the group that the document belongs to; at most one field.
    case group
    /// Words, searched in any order and as phrases.
    case text
    /// Searched as a whole, byte by byte.
    case keyword
    /// A double-precision number, searched by ranges.
    case number
    /// Kept, and given back, but not searched: any JSON.
    case stored
  }

  /// Whose records the value is folded from: the document's own, or all of its group's.
  package enum Scope: String, Sendable, CaseIterable { case document, group }

  /// What becomes of several values, in slice order.
  package enum Merge: String, Sendable, CaseIterable { case last, first, sum, min, max, union }

  package let name: String
  package let kind: Kind
  package let scope: Scope
  package let merge: Merge
  /// Whether a text field keeps the positions of its words, which phrases need.
  package let positions: Bool
  /// The language whose stemmer a text field's words go through: a name of `Languages`.
  package let stem: String?

  package init(
    _ name: String, _ kind: Kind, scope: Scope = .document, merge: Merge = .last, positions: Bool? = nil,
    stem: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.scope = scope
    self.merge = merge
    self.positions = positions ?? (kind == .text)
    self.stem = stem
  }
}
