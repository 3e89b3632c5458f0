package import Failures
package import Fields
package import Lines
internal import Segments
internal import Bytes

/// One build: from decoded records to an index in the work directory.
package struct Build {
  private let fields: Fields
  private let work: WorkDirectory

  package init(fields: Fields, work: WorkDirectory) {
    self.fields = fields
    self.work = work
  }

  /// What the last build has to do with a slice.
  package enum Standing: Equatable, Sendable {
    /// It was another one, or is not whole any more: the slice is to be built.
    case different
    /// It was made of the same, on the same generation: a retry. This is its receipt.
    case built(Receipt)
    /// It was made of the same, and has been published since.
    case published
  }

  /// The same is: the same fields, the same objects, the same window.
  package func standing(of input: BuildInput, skipBad: Int) -> Standing {
    guard !input.hash.isEmpty, let last = work.lastBuild(), last.state.bad <= skipBad,
      last.manifest.fields == fields.canonicalText, last.manifest.slice == input.hash,
      last.manifest.position == input.position, last.manifest.from == input.from,
      last.state.generation <= input.generation
    else { return .different }
    if last.state.generation < input.generation { return .published }
    return .built(receipt(last.manifest, bad: last.state.bad))
  }

  /// Folds the records, writes the index, and gives its receipt.
  package func run(_ records: DecodedBatch, input: BuildInput) throws(Failure) -> Receipt {
    var lane = SegmentLane(fields: fields, scratch: work.segments, memory: 512 << 20)
    Fold(records.objects, fields: fields).run(into: &lane)
    let segment = try SegmentWriter.finish(
      [lane], fields: fields, into: work.segments, memory: 512 << 20, threads: 1)
    let entry = IndexManifest.Segment(
      generation: input.generation, sha256: segment.sha256, bytes: segment.bytes,
      documents: segment.documents)
    let isEmpty = segment.documents == 0 && segment.tombstones == 0
    let manifest = IndexManifest(
      position: input.position, from: input.from, slice: input.hash, fields: fields.canonicalText,
      documents: segment.documents, tombstones: segment.tombstones, groups: segment.groups,
      segments: isEmpty ? [] : [entry])
    let bad = records.passedOver.count
    if !isEmpty { try segment.keep(as: entry.name) }
    try work.install(manifest, generation: input.generation, bad: bad)
    return receipt(manifest, bad: bad)
  }

  private func receipt(_ manifest: IndexManifest, bad: Int) -> Receipt {
    var receipt = Receipt("index")
    receipt.append("id", manifest.id)
    receipt.append("to", manifest.position)
    receipt.append("documents", manifest.documents)
    receipt.append("tombstones", manifest.tombstones)
    receipt.append("groups", manifest.groups)
    receipt.append("touched", manifest.groups)
    receipt.append("segments", manifest.segments.count)
    receipt.append("bytes", manifest.segments.reduce(0) { $0 + $1.bytes })
    receipt.append("bad", bad)
    receipt.append("location", Location.local(path: Array(work.path(of: manifest.id).utf8)))
    return receipt
  }
}
