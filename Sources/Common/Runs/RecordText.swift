package import Fields
internal import JSON

/// Writes records as JSON that decodes to the same records: the names, the members in the order of the fields file, null where a
/// record says null; of a delete the names alone.
///
///     {"ad_id":"a1","item_id":"i1","title":"Red bicycle","price":80}     {"ad_id":"a1","_delete":true}
package struct RecordText: ~Copyable {
  private let fields: Fields
  /// `"name":` of each field, ranges of `text`.
  private var labels: [Range<Int>] = []
  private var text = Pile<UInt8>()

  package init(_ fields: Fields) {
    self.fields = fields
    for field in fields.all {
      let start = text.count
      var name = field.name
      name.withUTF8 { text.append(quoting: UnsafeRawBufferPointer($0)) }
      text.append(UInt8(ascii: ":"))
      labels.append(start..<text.count)
    }
  }

  package func append(_ record: RunRecord, to json: inout Pile<UInt8>) {
    let start = json.count
    if let id = record.id { append(fields.id, name: id, to: &json) }
    if let field = fields.group, let group = record.group { append(field, name: group, to: &json) }
    if record.isDelete {
      json.append(UInt8(ascii: ","))
      for byte in "\"_delete\":true".utf8 { json.append(byte) }
    }
    for (field, content) in record.values where field < labels.count {
      append(label: field, to: &json)
      switch content {
      case .null: for byte in "null".utf8 { json.append(byte) }
      case .number(let number): NumberText.write(number, to: &json)
      case .json(let value): json.append(value)
      }
    }
    if json.count == start { json.append(UInt8(ascii: ",")) }
    json.mutableElements[start] = UInt8(ascii: "{")
    json.append(UInt8(ascii: "}"))
  }

  private func append(_ field: Int, name: UnsafeRawBufferPointer, to json: inout Pile<UInt8>) {
    append(label: field, to: &json)
    json.append(quoting: name)
  }

  private func append(label field: Int, to json: inout Pile<UInt8>) {
    json.append(UInt8(ascii: ","))
    json.append(UnsafeRawBufferPointer(rebasing: text.bytes[labels[field]]))
  }
}

extension Pile<UInt8> {
  /// A string as canonical JSON has it: with the fewest escapes.
  package mutating func append(quoting text: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    if JSONEscape.isNeeded(in: text) {
      for byte in text {
        if JSONEscape.isNeeded(byte) { JSONEscape.write(byte) { append($0) } } else { append(byte) }
      }
    } else {
      append(text)
    }
    append(UInt8(ascii: "\""))
  }
}
