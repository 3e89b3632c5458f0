package import Fields

/// The members of records that are wanted, and what they are in formats of which the fields are nothing but text.
package struct RecordColumns: Equatable, Sendable {
  package enum Kind: Sendable {
    case string
    /// A number where it is spelled as JSON spells one.
    case number
    /// `true` or `false`, where it says so.
    case flag
  }

  package private(set) var names: [String] = []
  /// By the names' bytes: two that look alike are two.
  private var kinds: [[UInt8]: Kind] = [:]

  package init(_ names: [String]) { for name in names { add(name, .string) } }

  /// Those of a fields file, and `_delete`.
  package init(_ fields: Fields) {
    for field in fields.all { add(field.name, field.kind == .number ? .number : .string) }
    add("_delete", .flag)
  }

  /// Nil for one that isn't wanted.
  package func kind(of name: String) -> Kind? { kinds[Array(name.utf8)] }

  /// Wants one more.
  package mutating func add(_ name: String, _ kind: Kind) {
    guard self.kind(of: name) == nil else { return }
    names.append(name)
    kinds[Array(name.utf8)] = kind
  }

  /// Only those of these names; one that is not there yet is a string.
  package func selecting(_ names: [String]) -> RecordColumns {
    var selected = RecordColumns([])
    for name in names { selected.add(name, kind(of: name) ?? .string) }
    return selected
  }
}
