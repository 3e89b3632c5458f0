package import Failures
package import Objects

/// Removes the files that nothing needs any more.
///
/// A file is garbage when neither the current nor the kept generations name it, *and* the number at the head of its
/// name is smaller than the current generation: whoever wrote it can't commit it any more (Upload). Safe without any
/// clock; the grace only gives readers of an older generation the time to end.
///
/// The same rule holds for an upload in parts that has not ended, by the name that it is to have: what a killed writer
/// left takes space for ever, and is seen by nobody. A writer that is still at work on such a name fails, which is all it
/// could have come to. What lies under the name already is not touched by that. The grace spares it the failure where it
/// might only be slow to find out that it is late.
package struct Garbage: Sendable {
  let destination: Destination
  /// How many generations before the current one keep their files.
  let keep: Int
  /// Seconds.
  let grace: Int64

  package init(_ destination: Destination, keep: Int, grace: Int64) {
    self.destination = destination
    self.keep = keep
    self.grace = grace
  }

  /// A temporary file that was not written to for that many seconds is nobody's any more.
  private static let slowestWrite: Int64 = 3600

  /// The names below the destination of what is garbage at that time (seconds since 1970), sorted.
  package func find(now: Int64) throws(Failure) -> [String] {
    guard let current = try destination.current() else { return [] }
    var kept = [current.generation]
    var needed: Set = [Destination.generations + current.stored.pointer.manifest.name]
    while kept.count <= keep, let parent = kept.last?.parent,
      let generation = try destination.generation(named: parent)
    {
      kept.append(generation)
      needed.insert(Destination.generations + parent)
    }
    for generation in kept {
      needed.formUnion(generation.indexes.flatMap(\.files).map { Destination.segments + $0.name })
    }
    let oldest = now &- grace
    var found: [String] = []
    for directory in [Destination.segments, Destination.generations] {
      found += try list(directory).filter { object in
        guard let number = Self.number(object.name, in: directory) else { return false }
        return number < current.generation.number && !needed.contains(object.name)
          && object.modified <= oldest
      }.map(\.name)
    }
    found += try list(".probe/").filter { $0.modified <= oldest }.map(\.name)
    found += try destination.place.leftovers(
      in: ["", Destination.segments, Destination.generations], upTo: now &- max(grace, Self.slowestWrite))
    return found.sorted()
  }

  /// The uploads of dead writers at that time, by the name that they were to have below the destination; in the order of
  /// the names. Empty where the store does not tell.
  package func unfinished(now: Int64) throws(Failure) -> [(name: String, write: UnfinishedWrite)] {
    guard let current = try destination.current() else { return [] }
    let oldest = now &- grace
    do throws(StoreError) {
      return try destination.place.store.unfinished(below: destination.place.key(Destination.segments))
        .compactMap {
          write in
          guard let name = destination.place.relative(write.key), write.begun <= oldest,
            let number = Self.number(name, in: Destination.segments), number < current.generation.number
          else { return nil }
          return (name, write)
        }
    } catch {
      if case .unsupported = error { return [] }
      throw error.failure(
        cannot: "list the unfinished uploads of", destination.place.name(Destination.segments))
    }
  }

  package func abandon(_ name: String, _ write: UnfinishedWrite) throws(Failure) {
    do throws(StoreError) { try destination.place.store.abandon(write) } catch {
      throw error.failure(cannot: "abandon the upload of", destination.place.name(name))
    }
  }

  package func remove(_ name: String) throws(Failure) {
    if StorePlace.isLeftover(name) { return try destination.place.removeLeftover(name) }
    try destination.place.remove(name)
  }

  /// The number at the head of `811-<hash>.seg`.
  private static func number(_ name: String, in directory: String) -> Int? {
    let digits = name.utf8.dropFirst(directory.utf8.count).prefix { (0x30...0x39).contains($0) }
    guard name.utf8.dropFirst(directory.utf8.count + digits.count).first == UInt8(ascii: "-") else {
      return nil
    }
    return Int(Substring(digits))
  }

  private func list(_ directory: String) throws(Failure) -> [(name: String, modified: Int64)] {
    var found: [(name: String, modified: Int64)] = []
    try destination.place.forEach(below: directory) { name, object in found.append((name, object.modified)) }
    return found
  }
}
