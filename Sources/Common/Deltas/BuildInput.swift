package import Failures
package import Lines
internal import Partitions

/// What an index is built from, as far as its manifest says it.
package struct BuildInput: Equatable, Sendable {
  /// The newest partition, and the exclusive start of the window: RFC 3339, or empty.
  package var position = ""
  package var from = ""
  /// The generation that was current before the listing began; 0 where there was none.
  package var generation = 0
  /// The hash of the objects' lines; empty for records that come without.
  package var hash = ""
  /// In slice order, each once.
  package var objects: [ObjectLine] = []
  package var receipts: [Receipt] = []

  /// Records without a slice.
  package init() {}

  /// Nil for a batch in which nothing is due: neither a slice nor an object.
  package init?(_ batch: Batch) throws(Failure) {
    receipts = batch.receipts
    objects = try Self.distinct(batch.objects)
    hash = ObjectLine.hash(inSliceOrder: objects)
    if let slice = batch.receipt("slice") {
      position = try Self.time("to", of: slice)
      from = try Self.time("from", of: slice)
      generation = try Self.generation(of: slice)
    } else if let newest = objects.last {
      position = newest.time.description
    } else {
      return nil
    }
  }

  /// Whether the watermark that the slice began with is what that `#published` line says. A later generation alone says
  /// nothing: it may be another pipe's, of a listing that had not all of this slice.
  func isAfter(_ published: Receipt) -> Bool {
    guard let slice = receipts.first(where: { $0.word == "slice" }) else { return false }
    let lineage = slice["lineage"] ?? ""
    return published["generation"] == String(generation) && published["to"] == slice["after"]
      && (lineage.isEmpty || published["lineage"] == lineage)
  }

  /// One object listed twice is one object; one location as two objects is no frozen list.
  private static func distinct(_ lines: [ObjectLine]) throws(Failure) -> [ObjectLine] {
    var seen: [ObjectLine] = []
    seen.reserveCapacity(lines.count)
    let keyed = lines.map { (key: $0.location.description, line: $0) }
    for (_, line) in keyed.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      if let last = seen.last, last.location == line.location {
        guard last.tag == line.tag, last.time == line.time, last.bytes == line.bytes else {
          let what = last.tag == line.tag ? "sizes or times" : "tags"
          throw Failure(
            .badData, cannot: "read", line.location.description,
            because: "it is listed twice, with different \(what)")
        }
      } else {
        seen.append(line)
      }
    }
    return ObjectLine.inSliceOrder(seen)
  }

  private static func time(_ key: String, of slice: Receipt) throws(Failure) -> String {
    guard let text = slice[key], Instant(line: text) != nil else {
      throw Failure(.badData, cannot: "read", "standard input", because: "#slice has no time in \(key)=")
    }
    return text
  }

  private static func generation(of slice: Receipt) throws(Failure) -> Int {
    let text = slice["generation"] ?? ""
    if text.isEmpty { return 0 }
    guard let generation = Int(text), generation >= 0 else {
      throw Failure(
        .badData, cannot: "read", "standard input", because: "#slice has no number in generation=")
    }
    return generation
  }
}
