import Fields
import JSON

/// The fold once more, as plainly as it can be said: one pass in slice order over dictionaries.
struct ReferenceFold {
  private let fields: Fields
  private var documents: [String: (group: String, values: [Int: Value])] = [:]
  private var groups: [String: [Int: Value]] = [:]
  private var deletedIDs: Set<String> = []
  private var deletedGroups: Set<String> = []

  enum Value {
    case one(JSONValue)
    case set(Set<String>)
  }

  init(_ fields: Fields) { self.fields = fields }

  static func of(_ records: [String], _ fields: Fields) throws -> Folded {
    var fold = ReferenceFold(fields)
    for record in records { fold.take(try JSONValue.parse(record)) }
    return fold.result
  }

  mutating func take(_ record: JSONValue) {
    let id = record[fields.all[fields.id].name]?.string
    let group = fields.group == nil ? id : fields.group.flatMap { record[fields.all[$0].name]?.string }
    if record["_delete"]?.bool == true {
      if let id { forget(id) } else if let group { forget(group: group) }
      return
    }
    guard let group else { return }
    apply(record, .group, &groups[group, default: [:]])
    guard let id else { return }
    var values = documents[id]?.values ?? [:]
    apply(record, .document, &values)
    documents[id] = (group, values)
    deletedIDs.remove(id)
  }

  private mutating func forget(_ id: String) {
    documents[id] = nil
    deletedIDs.insert(id)
  }

  private mutating func forget(group: String) {
    groups[group] = nil
    for (id, document) in documents where document.group == group { forget(id) }
    deletedGroups.insert(group)
  }

  private func apply(_ record: JSONValue, _ scope: Field.Scope, _ values: inout [Int: Value]) {
    for (index, field) in fields.all.enumerated()
    where field.scope == scope && field.kind != .id && field.kind != .group {
      if let value = record[field.name] { values[index] = merge(values[index], value, field) }
    }
  }

  private func merge(_ old: Value?, _ new: JSONValue, _ field: Field) -> Value? {
    if new == .null { return field.merge == .last ? nil : old }
    if field.merge == .union {
      var set: Set<String> = []
      if case .set(let strings) = old { set = strings }
      return .set(set.union(strings(new)))
    }
    guard case .one(let before) = old else {
      return field.kind == .keyword && [.min, .max].contains(field.merge)
        ? extreme([], new, field) : .one(new)
    }
    switch field.merge {
    case .last, .union: return .one(new)
    case .first: return old
    case .sum: return .one(number((before.double ?? 0) + (new.double ?? 0)))
    case .min, .max:
      guard field.kind == .number else { return extreme(strings(before), new, field) }
      let both = [before.double ?? 0, new.double ?? 0]
      return .one(number((field.merge == .min ? both.min() : both.max()) ?? 0))
    }
  }

  private func extreme(_ old: [String], _ new: JSONValue, _ field: Field) -> Value? {
    let all = (old + strings(new)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (field.merge == .min ? all.first : all.last).map { .one(.string($0)) }
  }

  private func strings(_ value: JSONValue) -> [String] {
    value.array?.compactMap(\.string) ?? [value.string ?? ""]
  }

  /// Only whole numbers are in these tests.
  private func number(_ number: Double) -> JSONValue { .number(Int(number)) }

  private var result: Folded {
    let sorted = documents.sorted {
      let (a, b) = ([$0.value.group, $0.key], [$1.value.group, $1.key])
      return a[0] == b[0]
        ? a[1].utf8.lexicographicallyPrecedes(b[1].utf8) : a[0].utf8.lexicographicallyPrecedes(b[0].utf8)
    }
    return Folded(
      documents: sorted.map { JSONValue.object(members($0.key, $0.value.group, $0.value.values)).text },
      deletedIDs: deletedIDs,
      deletedGroups: deletedGroups.filter { group in !documents.values.contains { $0.group == group } })
  }

  private func members(_ id: String, _ group: String, _ own: [Int: Value]) -> [JSONValue.Member] {
    fields.all.enumerated().compactMap { index, field in
      switch field.kind {
      case .id: .init(field.name, .string(id))
      case .group: .init(field.name, .string(group))
      default:
        switch field.scope == .group ? groups[group]?[index] : own[index] {
        case .one(let value): .init(field.name, value)
        case .set(let set):
          .init(
            field.name, .array(set.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) }))
        case nil: nil
        }
      }
    }
  }
}
