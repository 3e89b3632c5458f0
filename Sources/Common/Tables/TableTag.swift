package import Bytes
package import JSON

/// The tag of an object that a table's log names: what has to be known to read it, beyond its bytes.
///
///     delta:{"modified":1763772000000,"columns":{"region":"eu","hour":10},
///            "deleted":{"file":"s3://bucket/table/deletion_vector_….bin","offset":1,"bytes":36,"rows":2}}
///
/// `columns` are the partition columns, which the file itself does not have, typed as the table's schema says; `deleted` is
/// the deletion vector, in a `file` or, with `inline`, Z85-encoded right there. Both are left out where there is none.
/// A table's file is never written again under its name, so no store is asked for its ETag.
package struct TableTag: Equatable, Sendable {
  package struct Deleted: Equatable, Sendable {
    package enum Place: Equatable, Sendable {
      case file(Location, offset: Int)
      case inline(String)
    }

    package let place: Place
    package let bytes: Int
    /// How many there are.
    package let rows: Int

    package init(place: Place, bytes: Int, rows: Int) {
      self.place = place
      self.bytes = bytes
      self.rows = rows
    }
  }

  /// Milliseconds since 1970, as the log says.
  package let modified: Int64
  package let columns: [JSONValue.Member]
  package let deleted: Deleted?

  package init(modified: Int64, columns: [JSONValue.Member], deleted: Deleted?) {
    self.modified = modified
    self.columns = columns
    self.deleted = deleted
  }

  /// What no tag of a store begins with.
  static let prefix = "delta:"

  /// Whether it is meant as a table's: then it is one, or malformed.
  package static func isTable(_ tag: String) -> Bool { tag.utf8.starts(with: "delta:{".utf8) }

  /// Nil for the tag of a store, and for one that is malformed.
  package init?(_ tag: String) {
    guard Self.isTable(tag),
      let value = try? JSONValue.parse(Array(tag.utf8.dropFirst(Self.prefix.utf8.count))),
      let modified = value["modified"]?.integer
    else { return nil }
    var deleted: Deleted?
    if let text = value["deleted"] {
      guard let parsed = Deleted(text) else { return nil }
      deleted = parsed
    }
    guard let columns = value["columns"].map({ $0.members }) ?? [] else { return nil }
    self.init(modified: Int64(modified), columns: columns, deleted: deleted)
  }

  package var text: String {
    let columns = columns.isEmpty ? nil : JSONValue.object(columns).text
    return Self.text(modified: modified, columns: columns, deleted: deleted?.json.text)
  }

  /// The same of parts that are JSON already.
  static func text(modified: Int64, columns: String?, deleted: String?) -> String {
    var text = "\(prefix){\"modified\":\(modified)"
    if let columns { text += ",\"columns\":\(columns)" }
    if let deleted { text += ",\"deleted\":\(deleted)" }
    return text + "}"
  }
}

extension TableTag.Deleted {
  init?(_ value: JSONValue) {
    guard let bytes = value["bytes"]?.integer, let rows = value["rows"]?.integer, bytes >= 0, rows >= 0 else {
      return nil
    }
    if let inline = value["inline"]?.string {
      self.init(place: .inline(inline), bytes: bytes, rows: rows)
    } else {
      guard let file = value["file"]?.string.flatMap({ Location($0) }), let offset = value["offset"]?.integer,
        offset >= 0
      else { return nil }
      self.init(place: .file(file, offset: offset), bytes: bytes, rows: rows)
    }
  }

  var json: JSONValue {
    let sizes: [JSONValue.Member] = [.init("bytes", .number(bytes)), .init("rows", .number(rows))]
    switch place {
    case .file(let file, let offset):
      return .object(
        [.init("file", .string(file.description)), .init("offset", .number(offset))] + sizes)
    case .inline(let text): return .object([.init("inline", .string(text))] + sizes)
    }
  }
}
