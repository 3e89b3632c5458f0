package import Failures
internal import Bytes
internal import Files
internal import Lines
internal import Segments

/// A build of the same slice from nothing, beside the one that there is, and what tells them apart.
package struct FullVerification {
  private let build: Build

  package init(_ build: Build) { self.build = build }

  /// Reads every object again. Nil where the last build's index has the same documents, terms, postings and tombstones; else
  /// what is different, and the work directory forgets the build, so that the next one begins from nothing.
  ///
  /// Two indexes are the same where all that counts in one, merged into a segment, is that segment byte for byte which is
  /// written for the other.
  package func run(_ input: BuildInput) throws(Failure) -> String? {
    guard let last = build.work.last else {
      throw Failure(.software, "cannot verify the build: there is none")
    }
    let difference = try difference(last, input)
    if difference != nil { try build.work.forget() }
    return difference
  }

  private func difference(_ last: LastBuild, _ input: BuildInput) throws(Failure) -> String? {
    let merged: FinishedSegment
    do throws(Failure) {
      merged = try self.merged(last)
    } catch {
      // Damage behind the back of the file system.
      guard error.exit == .badData else { throw error }
      return error.message
    }
    let scratch = try build.work.scratch()
    let anew = try SliceRuns.anew(input.objects, build: build, into: scratch)
    let whole = try WholeFold(
      window: anew, fields: build.fields, shard: build.shard, limits: build.limits, scratch: scratch.directory
    ).segment()
    if merged.sha256 == whole.sha256 { return nil }
    return try Self.difference(
      try SegmentReader(try merged.mapped(), name: "the index"),
      try SegmentReader(try whole.mapped(), name: "the build from nothing"))
  }

  /// All that counts in the last build's index, as one segment.
  private func merged(_ last: LastBuild) throws(Failure) -> FinishedSegment {
    let old = try OldIndex(last.manifest, in: build.work)
    return try SegmentMerge.run(
      old.segments.map { (reader: $0.reader, live: Optional($0.live)) }, fields: build.fields,
      into: build.work.segments, memory: build.limits.memory / 2, threads: build.limits.threads)
  }

  /// The first document, term or tombstone that only one of the two has.
  private static func difference(_ index: SegmentReader, _ whole: SegmentReader) throws(Failure) -> String {
    if index.documents != whole.documents {
      return "it has \(index.documents) documents, and from nothing there are \(whole.documents)"
    }
    var (ours, theirs) = (index.stored, whole.stored)
    for number in 0..<index.documents where try ours.document(number) != theirs.document(number) {
      let id = PercentEncoding.encodeForLine(try whole.id(of: number))
      return "document \(id), or one about there, is another one from nothing"
    }
    if index.meta.tombstones != whole.meta.tombstones {
      return "it has \(index.meta.tombstones) tombstones, and from nothing there are \(whole.meta.tombstones)"
    }
    return "its terms or postings are others from nothing"
  }
}
