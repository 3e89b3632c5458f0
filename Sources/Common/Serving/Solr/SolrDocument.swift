internal import JSON

/// What there is to say against a document before Solr sees it.
enum SolrDocument {
  enum Flaw: Equatable {
    /// It has another id, or none, where Solr looks for one.
    case otherKey
    /// A member that Solr would take for a change of the document that it has, or for a child.
    case object(String)
  }

  /// `id` is what freshet knows it by, `key` the schema's unique key.
  static func flaw(of document: [UInt8], id: [UInt8], key: String) -> Flaw? {
    document.withUnsafeBytes { bytes in
      do throws(JSONError) { return try flaw(of: bytes, id, key) } catch { return .otherKey }
    }
  }

  private static func flaw(
    of bytes: UnsafeRawBufferPointer, _ id: [UInt8], _ key: String
  ) throws(JSONError) -> Flaw? {
    var scanner = JSONScanner(bytes)
    var hasKey = false
    var name = ""
    while case let token = try scanner.next(), token != .end {
      switch token {
      case .name:
        name = text(of: scanner)
      case .beginObject where scanner.depth > 1: return .object(name)
      case .string, .number:
        if scanner.depth == 1, name == key { hasKey = text(of: scanner).utf8.elementsEqual(id) }
      default: break
      }
    }
    return hasKey ? nil : .otherKey
  }

  private static func text(of scanner: borrowing JSONScanner) -> String {
    if scanner.isPlain { return String(decoding: scanner.raw, as: UTF8.self) }
    var text = JSONText()
    text.append(unescaping: scanner.raw)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
