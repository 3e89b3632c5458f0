/// What fields must keep to, whether they come from a file or from a program.
///
///     type      merges                           scope
///     id group  none                             none
///     text      first last union                 document, group
///     keyword   first last union min max         document, group
///     number    first last sum min max           document, group
///     stored    first last                       document, group
enum FieldRules {
  static let mostFields = 1_024
  static let longestName = 1_024

  /// The field that breaks a rule, by its index (none where it is the whole that does), and which rule.
  struct Violation: Error {
    let field: Int?
    let reason: String
  }

  /// Gives the index of the id field.
  static func check(_ fields: [Field]) throws(Violation) -> Int {
    guard fields.count <= mostFields else {
      throw Violation(field: mostFields, reason: "more than \(mostFields) fields")
    }
    for (index, field) in fields.enumerated() {
      if let reason = fault(of: field) { throw Violation(field: index, reason: reason) }
    }
    try checkNames(fields)
    try checkGroup(fields)
    return try idField(fields)
  }

  static func merges(of kind: Field.Kind) -> [Field.Merge] {
    switch kind {
    case .id, .group: []
    case .text: [.first, .last, .union]
    case .keyword: [.first, .last, .union, .min, .max]
    case .number: [.first, .last, .sum, .min, .max]
    case .stored: [.first, .last]
    }
  }

  /// What is wrong with one field by itself.
  private static func fault(of field: Field) -> String? {
    if let fault = fault(ofName: field.name) { return fault }
    let merges = merges(of: field.kind)
    if merges.isEmpty {
      guard field.scope == .document, field.merge == .last else {
        return "a field of type \(field.kind.rawValue) takes no scope and no merge"
      }
    } else if !merges.contains(field.merge) {
      let choice = merges.map(\.rawValue).joined(separator: ", ")
      let names = (type: field.kind.rawValue, merge: field.merge.rawValue)
      return "a field of type \(names.type) can't be merged by \(names.merge), but by \(choice)"
    }
    guard field.kind == .text || !field.positions else { return "only a field of type text has positions" }
    guard field.kind == .text || field.stem == nil else { return "only a field of type text is stemmed" }
    if let stem = field.stem, Languages.name(stem) != stem { return Languages.unknown(stem) }
    return nil
  }

  /// A name is a member's name in the records, in one word.
  private static func fault(ofName name: String) -> String? {
    let shown = Spelling.quoted(name)
    if name.isEmpty { return "a name is empty" }
    if name.utf8.count > longestName { return "the name \(shown) is longer than \(longestName) bytes" }
    if name.unicodeScalars.first == "#" { return "the name \(shown) begins with #" }
    if name.unicodeScalars.contains(":") { return "the name \(shown) has a colon in it" }
    if name.unicodeScalars.contains(where: isBlankOrControl) {
      return "the name \(shown) has a blank or a control character in it"
    }
    if name == "_delete" { return "the name _delete is taken: it marks deletes" }
    return nil
  }

  private static func isBlankOrControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar.properties.isWhitespace || scalar == "\u{FEFF}"
  }

  /// Names that only Unicode's normal forms tell apart count as the same: nobody could see the difference.
  private static func checkNames(_ fields: [Field]) throws(Violation) {
    var seen: Set<String> = []
    for (index, field) in fields.enumerated() where !seen.insert(field.name).inserted {
      throw Violation(field: index, reason: "the name \(Spelling.quoted(field.name)) is there twice")
    }
  }

  private static func checkGroup(_ fields: [Field]) throws(Violation) {
    let groups = fields.indices.filter { fields[$0].kind == .group }
    if groups.count > 1 {
      throw Violation(field: groups[1], reason: "a second field of type group, and at most one can be")
    }
    if groups.isEmpty, let index = fields.firstIndex(where: { $0.scope == .group }) {
      throw Violation(field: index, reason: "scope group, but no field is of type group")
    }
  }

  private static func idField(_ fields: [Field]) throws(Violation) -> Int {
    let ids = fields.indices.filter { fields[$0].kind == .id }
    guard let id = ids.first else { throw Violation(field: nil, reason: "no field is of type id") }
    guard ids.count == 1 else {
      throw Violation(field: ids[1], reason: "a second field of type id, and exactly one must be")
    }
    return id
  }
}
