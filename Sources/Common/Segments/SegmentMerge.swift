package import Failures
package import Fields
package import Files

/// Makes one segment of several.
package enum SegmentMerge {
  /// The documents and tombstones that count, by group and id; no id may be in two inputs. The bytes are those that
  /// SegmentWriter gives for the same documents; no text is taken apart again. Damaged inputs are failures (65).
  package static func run(
    _ inputs: [(reader: SegmentReader, live: LiveSet?)], fields: Fields, into directory: Directory, memory: Int,
    threads: Int
  ) throws(Failure) -> FinishedSegment {
    throw Failure(.software, "cannot merge segments: this is being built")
  }
}
