internal import Fields
internal import JSON

/// One line as a record: the members that the fields file names, checked and made canonical; the others are checked
/// for being JSON, and passed over.
///
/// Where a member comes twice the last one counts, whatever the first was.
///
/// One thread works on it. It is a class since a structure of this size is copied whenever it is looked at.
final class RecordParser {
  private let fields: Fields
  private let kinds: [Field.Kind]
  private let names: MemberNames
  private let order = MemberOrder()
  /// What each member said, and in which line; the last is `_delete`.
  private let slots: UnsafeMutableBufferPointer<Slot>
  private let delete: Int
  @exclusivity(unchecked) private var line = UnsafeRawBufferPointer(start: nil, count: 0)
  @exclusivity(unchecked) private var number = 0
  @exclusivity(unchecked) private var isFaulty = false
  /// What could not be taken from the line as it stands.
  @exclusivity(unchecked) private var text = JSONText()

  private struct Slot {
    var line = 0
    var content = MemberContent.null
  }

  /// Whether the lines are the object's own: then a malformed one is told with the byte where it goes wrong.
  private let hasOwnLines: Bool

  init(_ fields: Fields, hasOwnLines: Bool = true) {
    self.fields = fields
    self.hasOwnLines = hasOwnLines
    delete = fields.all.count
    kinds = fields.all.map(\.kind)
    names = MemberNames(fields.all.map(\.name) + ["_delete"])
    slots = .allocate(capacity: fields.all.count + 1)
    slots.initialize(repeating: Slot())
  }

  deinit { slots.deallocate() }

  /// Reads the record in `line`, which must stay as it is for as long as the record is looked at. `number` differs
  /// from one record to the next.
  func parse(_ line: UnsafeRawBufferPointer, number: Int) throws(RecordError) {
    self.line = line
    self.number = number
    text.removeAll()
    isFaulty = false
    guard Self.isObject(line) else { throw .malformed(line: number, reason: "not a JSON object") }
    do throws(JSONError) {
      try scan()
    } catch {
      throw .malformed(
        line: number, reason: hasOwnLines ? "byte \(error.offset): \(error.reason)" : error.reason)
    }
    if let reason = fault() ?? missing() { throw .malformed(line: number, reason: reason) }
  }

  /// Forgets the record.
  func clear() { number = 0 }

  static func isObject(_ line: UnsafeRawBufferPointer) -> Bool {
    line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } == UInt8(ascii: "{")
  }

  private func scan() throws(JSONError) {
    var scanner = JSONScanner(line)
    _ = try scanner.next()
    var count = 0
    members: while true {
      let start = scanner.position
      switch order.take(count, from: &scanner) {
      case .member(let member): try take(member, &scanner)
      case .no:
        guard case .name = try scanner.next() else { break members }
        let member = member(scanner.raw, isPlain: scanner.isPlain)
        order.remember(count, member, UnsafeRawBufferPointer(rebasing: line[start..<scanner.position]))
        try take(member, &scanner)
      }
      count += 1
    }
    _ = try scanner.next()
  }

  /// Takes the value that comes next; nil where nobody wants it.
  private func take(_ member: Int?, _ scanner: inout JSONScanner) throws(JSONError) {
    guard let member else { return try scanner.skipValue() }
    let content = try content(of: member, &scanner)
    slots[member] = Slot(line: number, content: content)
    if case .fault = content { isFaulty = true }
  }

  /// The member whose name was just read; nil where nobody wants it.
  private func member(_ raw: UnsafeRawBufferPointer, isPlain: Bool) -> Int? {
    if isPlain { return names.number(of: raw) }
    let start = text.count
    text.append(unescaping: raw)
    let member = names.number(of: UnsafeRawBufferPointer(rebasing: text.bytes[start...]))
    text.truncate(to: start)
    return member
  }

  private func content(
    of member: Int, _ scanner: inout JSONScanner
  ) throws(JSONError) -> MemberContent {
    if member == delete { return try .flag(&scanner) }
    switch kinds[member] {
    case .id, .group: return try .key(&scanner, &text)
    case .text: return try .words(&scanner, &text, longest: .max)
    case .keyword: return try .words(&scanner, &text, longest: RecordFault.longestKey)
    case .number: return try .number(&scanner)
    case .stored: return try .stored(&scanner, &text)
    }
  }
}

extension RecordParser {
  var isDelete: Bool {
    if case .bool(let value) = content(delete) { value } else { false }
  }

  var id: UnsafeRawBufferPointer? { bytes(fields.id) }

  var group: UnsafeRawBufferPointer? { fields.group.flatMap { bytes($0) } }

  func value(_ field: Int) -> RecordValue {
    guard field != fields.id, field != fields.group, let content = content(field) else { return .absent }
    if case .number(let value) = content { return .number(value) }
    return bytes(content).map { .json($0) } ?? .null
  }

  @inline(__always)
  private func content(_ member: Int) -> MemberContent? {
    guard number > 0, slots.indices.contains(member), slots[member].line == number else { return nil }
    return slots[member].content
  }

  private func bytes(_ member: Int) -> UnsafeRawBufferPointer? { content(member).flatMap { bytes($0) } }

  /// Nil where it is none.
  @inline(__always)
  private func bytes(_ content: MemberContent) -> UnsafeRawBufferPointer? {
    switch content {
    case .line(let range): UnsafeRawBufferPointer(rebasing: line[range])
    case .text(let range): UnsafeRawBufferPointer(rebasing: text.bytes[range])
    default: nil
    }
  }
}

extension RecordParser {
  /// What is wrong with a member: the first one in the fields file's order that something is wrong with.
  private func fault() -> String? {
    guard isFaulty else { return nil }
    for member in slots.indices {
      if case .fault(let fault) = content(member) {
        return fault.reason(member == delete ? "_delete" : fields.all[member].name)
      }
    }
    return nil
  }

  /// Which name the record lacks: it speaks of a document of its group, or of the group; only where there are no
  /// groups, or to delete a document, is the id enough.
  private func missing() -> String? {
    let id = fields.all[fields.id].name
    guard let groupField = fields.group else { return self.id == nil ? "it has no '\(id)'" : nil }
    if group != nil || self.id != nil && isDelete { return nil }
    let group = fields.all[groupField].name
    return self.id == nil ? "it has neither '\(id)' nor '\(group)'" : "it has no '\(group)'"
  }
}
