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

  /// Nil for the tag of a store.
  package init?(_ tag: String) { return nil }

  package var text: String { "" }
}
