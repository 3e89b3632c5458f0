internal import JSON

/// One document of a bulk: to be put, or deleted.
struct BulkItem: Sendable {
  let id: [UInt8]
  /// Its JSON; nil: it is deleted.
  let document: [UInt8]?
  /// Which of the batch's groups it is of.
  let group: Int
  /// It is refused where there is a later version; nil: whatever there is.
  var version: Int?
}

/// What is sent to `_bulk`: lines, each with its newline, the last one too, or all of it is refused. No `_type`.
///
///     {"index":{"_id":"a1","version":812,"version_type":"external_gte"}}
///     {"ad_id":"a1","title":"red shoe"}
///     {"delete":{"_id":"a2","version":812,"version_type":"external_gte"}}
struct BulkBody: ~Copyable {
  private var text = JSONText()

  /// Bytes that an id may have.
  static let longestID = 512

  var bytes: [UInt8] { Array(text.bytes) }

  mutating func append(_ item: BulkItem) {
    text.append(item.document == nil ? "{\"delete\":{\"_id\":" : "{\"index\":{\"_id\":")
    item.id.withUnsafeBytes { text.append(quotingPlain: $0) }
    if let version = item.version {
      text.append(",\"version\":")
      var digits = String(version)
      digits.withUTF8 { text.append(UnsafeRawBufferPointer($0)) }
      text.append(",\"version_type\":\"external_gte\"")
    }
    text.append("}}\n")
    guard let document = item.document else { return }
    append(line: document)
    text.append("\n")
  }

  /// A document as it is stored. A newline can only be between its tokens, and would end the line.
  private mutating func append(line document: [UInt8]) {
    guard document.contains(UInt8(ascii: "\n")) else {
      return document.withUnsafeBytes { text.append($0) }
    }
    document.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }.withUnsafeBytes { text.append($0) }
  }
}
