package import Bytes
package import Failures
package import JSON
package import Lines

extension Parent {
  /// The generation that the batch's watermark was at, from `#slice`, or from `#list` where nothing was picked. A stream
  /// that has neither came by no watermark: a person publishes by hand.
  package init(of batch: Batch) throws(Failure) {
    guard let receipt = batch.receipt("slice") ?? batch.receipt("list") else {
      self = .current
      return
    }
    let text = receipt["generation"] ?? ""
    guard let generation = text.isEmpty ? 0 : Int(text), (0..<Members.largest).contains(generation) else {
      throw Failure(
        .badData, cannot: "read", "standard input",
        because: "#\(receipt.word) has no valid generation: '\(text)'")
    }
    let lineage = receipt["lineage"].flatMap { $0.isEmpty ? nil : $0 }
    self = .exactly(generation, lineage: lineage)
  }
}

extension Publisher.Outcome {
  /// The receipt for the next stage; nil where nothing was published. Of a generation that somebody else published it
  /// is theirs, so that the watermark catches up; where a person did, by hand, our own slice stands for theirs.
  package func batch(at location: Location) -> Batch? {
    switch self {
    case .published(let generation, let uploaded):
      return Batch(receipts: generation.receipts + [Self.receipt(generation, uploaded, location)])
    case .superseded(let generation, let own):
      let hasSlice = generation.receipts.contains { $0.word == "slice" }
      let slice = hasSlice ? [] : own.filter { $0.word == "list" || $0.word == "slice" }
      var published = Self.receipt(generation, 0, location)
      published.append("superseded", 1)
      // The slice is theirs, and what our watermark stands at is not in it.
      if case .exactly(let after, _)? = try? Parent(of: Batch(receipts: own)) {
        published.append("after-generation", after)
      }
      return Batch(receipts: slice + generation.receipts + [published])
    case .rehearsed, .unchanged: return nil
    }
  }

  /// What was published of our own batch, for the next slice to compare its watermark with; nil where nothing was.
  package func word(at location: Location, after parent: Parent) -> Receipt? {
    switch self {
    case .published(let generation, let uploaded): return Self.receipt(generation, uploaded, location)
    case .unchanged(var generation):
      // The watermark stays where it is, whatever bases were published since.
      if case .exactly(let number, _) = parent { generation.number = number }
      return Self.receipt(generation, 0, location)
    case .superseded, .rehearsed: return nil
    }
  }

  private static func receipt(_ generation: Generation, _ uploaded: Int, _ location: Location) -> Receipt {
    var published = Receipt("published")
    published.append("generation", generation.number)
    published.append("to", generation.position)
    published.append("uploaded", uploaded)
    published.append("lineage", generation.lineage)
    if let lease = generation.lease, let fence = generation.fences.newest[lease] {
      published.append("fence", fence)
      if !lease.isEmpty { published.append("lease", lease) }
    }
    if let rollback = generation.rollback { published.append("rollback", rollback) }
    if generation.forced != nil { published.append("force", 1) }
    published.append("location", location)
    return published
  }
}

extension Generation {
  /// One line a generation, TAB-separated, `-` for what is not there:
  ///
  ///     generation, position, documents of the base, of the delta, segments, marks, manifest
  ///
  /// Marks are `current`, `forced` and `rollback=N`, joined by commas.
  package func line(isCurrent: Bool, at destination: Location) -> String {
    let marks = marks(isCurrent: isCurrent)
    let columns: [String] = [
      String(number), position.isEmpty ? "-" : position, Self.count(base?.index.documents),
      Self.count(delta?.index.documents), String(segments),
      marks.isEmpty ? "-" : marks.joined(separator: ","),
      manifest(at: destination).description,
    ]
    return columns.joined(separator: "\t")
  }

  /// The same as JSON, with null for what is not there, and what was forced in its own words.
  package func summary(isCurrent: Bool, at destination: Location) -> JSONValue {
    func number(_ number: Int?) -> JSONValue { number.map { .number($0) } ?? .null }
    return .object([
      .init("generation", number(self.number)), .init("position", .string(position)),
      .init("base", number(base?.index.documents)), .init("delta", number(delta?.index.documents)),
      .init("segments", number(segments)), .init("current", .bool(isCurrent)),
      .init("forced", forced.map { .string($0) } ?? .null), .init("rollback", number(rollback)),
      .init("manifest", .string(manifest(at: destination).description)),
    ])
  }

  private static func count(_ number: Int?) -> String { number.map { String($0) } ?? "-" }

  private var segments: Int { indexes.reduce(0) { $0 + $1.segments.count } }

  private func marks(isCurrent: Bool) -> [String] {
    (isCurrent ? ["current"] : []) + (forced == nil ? [] : ["forced"])
      + (rollback.map { ["rollback=\($0)"] } ?? [])
  }

  package func manifest(at destination: Location) -> Location {
    destination.appending(Destination.generations + Self.fileName(number, sha256: SHA256.hex(bytes)))
  }
}
