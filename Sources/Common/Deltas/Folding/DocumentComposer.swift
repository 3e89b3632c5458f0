internal import Fields
internal import JSON
internal import Runs

/// Writes documents: the stored JSON, its members in the order of the fields file, and the values to search.
///
///     {"ad_id":"a1","item_id":"g1","title":"...","price":8.5}        what is absent is left out
struct DocumentComposer: ~Copyable {
  private struct Member {
    let kind: Field.Kind
    let isShared: Bool
    /// `,"name":`, a range of `labels`.
    let label: Range<Int>
  }

  private let members: [Member]
  private let labels: Pile<UInt8>
  private var json = Pile<UInt8>()
  private var scratch = JSONText()

  init(fields: Fields) {
    var members: [Member] = []
    var labels = Pile<UInt8>()
    for field in fields.all {
      let start = labels.count
      labels.append(UInt8(ascii: ","))
      var name = field.name
      name.withUTF8 { labels.append(quoting: UnsafeRawBufferPointer($0)) }
      labels.append(UInt8(ascii: ":"))
      members.append(.init(kind: field.kind, isShared: field.scope == .group, label: start..<labels.count))
    }
    self.members = members
    self.labels = labels
  }

  /// One document: what was folded of its own records, and of its group's. Gives its length in bytes.
  mutating func write(
    id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer, own: borrowing FoldedValues,
    shared: borrowing FoldedValues, to sink: inout some DocumentSink & ~Copyable
  ) -> Int {
    sink.begin(id: id, group: group)
    json.removeAll()
    for field in members.indices {
      let member = members[field]
      switch member.kind {
      case .id: write(member, name: id)
      case .group: write(member, name: group)
      case .text, .keyword, .number, .stored:
        write(field, member, member.isShared ? shared[field] : own[field], to: &sink)
      }
    }
    if json.count > 0 { json.mutableElements[0] = UInt8(ascii: "{") } else { json.append(UInt8(ascii: "{")) }
    json.append(UInt8(ascii: "}"))
    sink.end(stored: json.bytes)
    return json.count
  }

  private mutating func write(_ member: Member, name: UnsafeRawBufferPointer) {
    begin(member)
    json.append(quoting: name)
  }

  private mutating func write(
    _ field: Int, _ member: Member, _ value: FoldedValues.Value, to sink: inout some DocumentSink & ~Copyable
  ) {
    switch value {
    case .none: return
    case .number(let number):
      begin(member)
      NumberText.write(number, to: &json)
      sink.add(number: number, field: field)
    case .json(let text):
      begin(member)
      json.append(text)
      if member.kind != .stored { index(text, field, member.kind, to: &sink) }
    }
  }

  private mutating func index(
    _ json: UnsafeRawBufferPointer, _ field: Int, _ kind: Field.Kind,
    to sink: inout some DocumentSink & ~Copyable
  ) {
    var strings = JSONStrings(json)
    while let string = strings.next() {
      let value = string.unescaped(&scratch)
      if kind == .text { sink.add(text: value, field: field) } else { sink.add(keyword: value, field: field) }
    }
  }

  private mutating func begin(_ member: Member) {
    json.append(UnsafeRawBufferPointer(rebasing: labels.bytes[member.label]))
  }
}
