package import Bytes
package import Failures
package import Objects

/// The place that an index is published to: keys below a prefix of a store.
///
///     CURRENT, generations/<n>-<hash>.json, segments/<G>-<hash>.seg, segments/<G>-<hash>.live
package struct Destination: Sendable {
  let place: StorePlace

  package init(_ location: Location, stores: Stores) throws(Failure) {
    place = try StorePlace(location, stores: stores)
  }

  package init(_ place: StorePlace) { self.place = place }

  package var location: Location { place.location }

  static let current = "CURRENT"
  static let segments = "segments/"
  static let generations = "generations/"
}

/// A pointer, and the version of its object: what a swap goes from.
package struct StoredPointer: Equatable, Sendable {
  package let pointer: Pointer
  package let tag: String
}

/// A pointer and the generation that it names.
package struct Current: Sendable {
  package let stored: StoredPointer
  package let generation: Generation
}

extension Destination {
  /// Nil where nothing was published yet.
  package func pointer() throws(Failure) -> StoredPointer? {
    guard let (bytes, tag) = try place.read(Self.current, limit: Pointer.largest) else { return nil }
    return StoredPointer(pointer: try Pointer(bytes, name: place.name(Self.current)), tag: tag)
  }

  /// Nil where it is not there.
  func generation(_ reference: Pointer.Manifest) throws(Failure) -> Generation? {
    let path = Self.generations + reference.name
    guard let (bytes, _) = try place.read(path, limit: Generation.largest) else { return nil }
    return try Generation(bytes, reference: reference, name: place.name(path))
  }

  /// A generation by its file's name alone, as another generation names its parent; nil where it was collected.
  func generation(named fileName: String) throws(Failure) -> Generation? {
    let path = Self.generations + fileName
    guard !fileName.utf8.contains(UInt8(ascii: "/")),
      let (bytes, _) = try place.read(path, limit: Generation.largest)
    else { return nil }
    return try Generation(bytes, fileName: fileName, name: place.name(path))
  }

  /// The current generation; nil where nothing was published yet. A manifest that has gone is looked for again as
  /// long as CURRENT moves on meanwhile, and is an error (65) when it does not.
  package func current() throws(Failure) -> Current? {
    var last: Pointer?
    while let stored = try pointer() {
      if let generation = try generation(stored.pointer.manifest) {
        return Current(stored: stored, generation: generation)
      }
      guard stored.pointer != last else {
        throw Failure(
          .badData, cannot: "read", place.name(Self.current),
          because: "it names generations/\(stored.pointer.manifest.name), which is missing")
      }
      last = stored.pointer
    }
    return nil
  }

  /// The current generation and those it came from, newest first, as far as they are still there.
  package func history() throws(Failure) -> [Generation] {
    try current().map { (current) throws(Failure) in try ancestry(of: current.generation, downTo: 0) } ?? []
  }

  /// A generation and those that it came from, newest first, down to that number, as far as they are still there.
  package func ancestry(of generation: Generation, downTo number: Int) throws(Failure) -> [Generation] {
    var found = [generation]
    while let newest = found.last, newest.number > number, let parent = newest.parent,
      let older = try self.generation(named: parent), older.number < newest.number
    {
      found.append(older)
    }
    return found
  }

  /// The generation of that number, from the current one back; nil where it is not there, or no longer.
  package func generation(_ number: Int) throws(Failure) -> Generation? {
    guard let current = try current()?.generation else { return nil }
    return try ancestry(of: current, downTo: number).last { $0.number == number }
  }
}
