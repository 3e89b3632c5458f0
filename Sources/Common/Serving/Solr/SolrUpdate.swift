internal import Changes
internal import JSON

/// The commands of one request, one object with a name for each (the guide allows repeated ones), in the order of the groups:
///
///     {"delete":["a2","a3"],"add":{"doc":{...}},"add":{"doc":{...}},"delete":["b1"]}
///
/// Where versions are minded, `"delete":{"id":"a2","_version_":V}`, and `_version_` is a member of each document.
struct SolrUpdate: ~Copyable {
  private var text = JSONText()
  private var isEmpty = true

  /// `version`: what Solr has to have of that document, by its `_version_`; nil: whatever it has.
  init(_ groups: ArraySlice<GroupChange>, version: ([UInt8]) -> Int?) {
    text.append("{")
    for group in groups {
      delete(group.documents.filter { $0.document == nil }.map(\.id), version)
      for change in group.documents {
        if let document = change.document { add(document, version(change.id)) }
      }
    }
    text.append("}")
  }

  var body: [UInt8] { Array(text.bytes) }

  private mutating func begin(_ command: StaticString) {
    if !isEmpty { text.append(",") }
    isEmpty = false
    text.append(command)
  }

  private mutating func delete(_ ids: [[UInt8]], _ version: ([UInt8]) -> Int?) {
    let free = ids.filter { version($0) == nil }
    if !free.isEmpty {
      begin(#""delete":["#)
      for (index, id) in free.enumerated() {
        if index > 0 { text.append(",") }
        quote(id)
      }
      text.append("]")
    }
    for id in ids {
      guard let version = version(id) else { continue }
      begin(#""delete":{"id":"#)
      quote(id)
      write(version)
      text.append("}")
    }
  }

  private mutating func add(_ document: [UInt8], _ version: Int?) {
    begin(#""add":{"doc":"#)
    let end = version == nil ? document.count : document.lastIndex(of: UInt8(ascii: "}")) ?? document.count
    document[..<end].withUnsafeBytes { text.append($0) }
    if let version {
      write(version)
      text.append("}")
    }
    text.append("}")
  }

  /// Behind another member: a document has its id.
  private mutating func write(_ version: Int) {
    text.append(#","_version_":"#)
    for byte in String(version).utf8 { text.append(byte) }
  }

  private mutating func quote(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { text.append(quotingPlain: $0) }
  }
}
