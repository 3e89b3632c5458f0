internal import Fields
internal import Runs

/// The values of a document, or of a group, while its records are folded: per field what its merge has made so far.
///
///     last    the newest value; null clears it        sum       of all numbers, in slice order
///     first   the oldest value                        min, max  by number, or by the bytes of the strings
///     union   the set of all strings, by their bytes
///
/// All but `last` pass over null. A sum beyond the range of doubles stays at its end.
struct FoldedValues: ~Copyable {
  enum Value {
    case none
    case number(Double)
    /// Canonical JSON.
    case json(UnsafeRawBufferPointer)
  }

  private let merges: UnsafeMutableBufferPointer<Field.Merge>
  private let hasUnions: Bool
  private let values: UnsafeMutableBufferPointer<Value>
  /// The strings of the fields that are merged by union, as they came.
  private var members = Members()
  /// The JSON of the unions.
  private var text = Pile<UInt8>()

  init(fields: Fields) {
    merges = .allocate(capacity: fields.all.count)
    _ = merges.initialize(from: fields.all.map(\.merge))
    hasUnions = fields.all.contains { $0.merge == .union }
    values = .allocate(capacity: fields.all.count)
    values.initialize(repeating: .none)
  }

  deinit {
    merges.deallocate()
    values.deallocate()
  }

  /// Valid after `finish` and until the next `reset`.
  subscript(field: Int) -> Value { values[field] }

  mutating func reset() {
    for field in values.indices { values[field] = .none }
    if hasUnions { members.removeAll() }
    text.removeAll()
  }

  mutating func apply(_ value: RunValue, of text: UnsafeRawBufferPointer) {
    let field = Int(value.field)
    switch value.kind {
    case .null: if merges[field] == .last { values[field] = .none }
    case .number: values[field] = merge(values[field], Double(bitPattern: value.bits), by: merges[field])
    case .json: apply(value.json(of: text), to: field)
    }
  }

  private func merge(_ value: Value, _ number: Double, by merge: Field.Merge) -> Value {
    guard case .number(let before) = value else { return .number(number) }
    switch merge {
    case .last, .union: return .number(number)
    case .first: return value
    case .min: return .number(Swift.min(before, number))
    case .max: return .number(Swift.max(before, number))
    case .sum:
      let most = Double.greatestFiniteMagnitude
      return .number(Swift.min(Swift.max(before + number, -most), most))
    }
  }

  private mutating func apply(_ json: UnsafeRawBufferPointer, to field: Int) {
    switch merges[field] {
    case .last, .sum: values[field] = .json(json)
    case .first: if case .none = values[field] { values[field] = .json(json) }
    case .min: values[field] = extreme(values[field], json) { $1 < $0 }
    case .max: values[field] = extreme(values[field], json) { $0 < $1 }
    case .union:
      // What it is becomes known in `finish`; from here on it is there.
      values[field] = .json(json)
      members.append(json, field: field)
    }
  }

  /// The one string, of that before and those of `json`, that no other one beats.
  private func extreme(
    _ value: Value, _ json: UnsafeRawBufferPointer, isBeaten: (JSONString, JSONString) -> Bool
  ) -> Value {
    var best: JSONString?
    if case .json(let before) = value {
      var strings = JSONStrings(before)
      best = strings.next()
    }
    var strings = JSONStrings(json)
    while let string = strings.next() {
      if let champion = best, !isBeaten(champion, string) { continue }
      best = string
    }
    return best.map { .json($0.quoted) } ?? value
  }

  /// To be called once behind the last record.
  mutating func finish() {
    if hasUnions { members.finish(values, &text) }
  }
}

/// The strings of unions.
private struct Members: ~Copyable {
  private struct Member {
    let field: Int
    let string: JSONString
  }

  private var members: [Member] = []

  mutating func removeAll() { members.removeAll(keepingCapacity: true) }

  mutating func append(_ json: UnsafeRawBufferPointer, field: Int) {
    var strings = JSONStrings(json)
    while let string = strings.next() { members.append(Member(field: field, string: string)) }
  }

  /// Puts the array of its distinct strings, sorted, in the place of each field that has any.
  mutating func finish(_ values: UnsafeMutableBufferPointer<FoldedValues.Value>, _ text: inout Pile<UInt8>) {
    members.sort { $0.field == $1.field ? $0.string < $1.string : $0.field < $1.field }
    var arrays: [(field: Int, range: Range<Int>)] = []
    var start = 0
    while start < members.count {
      let field = members[start].field
      let end = members[start...].firstIndex { $0.field != field } ?? members.count
      let first = text.count
      write(members[start..<end], &text)
      arrays.append((field, first..<text.count))
      start = end
    }
    for array in arrays { values[array.field] = .json(.init(rebasing: text.bytes[array.range])) }
  }

  private func write(_ members: ArraySlice<Member>, _ text: inout Pile<UInt8>) {
    var last: JSONString?
    for member in members {
      if let last, last == member.string { continue }
      text.append(UInt8(ascii: last == nil ? "[" : ","))
      text.append(member.string.quoted)
      last = member.string
    }
    text.append(UInt8(ascii: "]"))
  }
}
