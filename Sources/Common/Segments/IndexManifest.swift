package import Failures
package import JSON

/// What one index consists of, as delta-build writes it beside the segments and a generation holds it.
///
///     {"format":1, "id":"<sha256 of the rest>", "position":"2026-05-04T10:05:00Z", "from":"2026-05-04T05:05:00Z",
///      "slice":"<hash>", "fields":"<the fields file, canonical>", "documents":n, "tombstones":n, "groups":n,
///      "segments":[{"name":"811-<hash>.seg", "bytes":n, "sha256":"…", "documents":n, "live":null}]}
///
/// `position` and `from` are empty for an index built from `--records`. Segments are newest last; a group or a
/// document in a later one hides the same in an earlier one, by the earlier one's live file.
package struct IndexManifest: Equatable, Sendable {
  package struct Segment: Equatable, Sendable {
    /// `<G>-<hash>.seg`; G is the generation it was made on, the hash 32 hex digits of the file's SHA-256.
    package var name: String
    package var bytes: Int
    package var sha256: String
    package var documents: Int
    /// The name of its live file, `<G>-<hash>.live`, where some of its documents no longer count.
    package var live: LiveFile?
  }

  package struct LiveFile: Equatable, Sendable {
    package var name: String
    package var bytes: Int
    package var sha256: String
  }

  /// The newest partition in the index, and the exclusive start of its window: RFC 3339, or empty.
  package var position: String
  package var from: String
  /// The hash of the slice it was built from; empty for `--records`.
  package var slice: String
  /// The fields file in its canonical form.
  package var fields: String
  package var documents: Int
  package var tombstones: Int
  package var groups: Int
  package var segments: [Segment]

  package static let format = 1

  /// The SHA-256, in hex, of all the rest.
  package var id: String { "" }
  package var json: JSONValue { .null }

  /// 65 for what is damaged (the id does not fit the rest), 65 with both numbers for a newer format.
  package init(json: JSONValue, name: String) throws(Failure) { throw Failure(.badData, "not built yet") }
}
