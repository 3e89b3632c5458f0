package import Bytes
internal import Failures
internal import Files
internal import Lines
internal import Objects

extension BuiltIndex {
  /// The build of the same place that was published as the generation that this one follows, of that position where it is known, and
  /// where the generation is not known the one of the newest; by the words that lie beside them, of several the last. Nil where there
  /// is none.
  package func predecessor(
    after parent: Parent, position: String?
  ) -> (location: Location, generation: Int)? {
    var best: (id: String, age: (generation: Int, left: Int64))?
    for (id, word, left) in words() {
      guard let generation = word["generation"].flatMap({ Int($0) }) else { continue }
      if case .exactly(let number, _) = parent {
        guard number == generation, position == nil || word["to"] == position else { continue }
      } else if id == manifest.id {
        continue
      }
      // A batch that did not arrive has left the word of a generation that a later one is, too.
      let age = (generation, left)
      if best.map({ age > $0.age }) ?? true { best = (id, age) }
    }
    return best.map { (sibling($0.id), $0.age.generation) }
  }

  private func sibling(_ id: String) -> Location {
    switch location {
    case .local(let path):
      .local(path: path[..<((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)] + Array("\(id).json".utf8))
    case .s3: builds?.location.appending("\(id).json") ?? location
    }
  }

  private typealias Word = (id: String, published: Receipt, left: Int64)

  /// Of the builds that lie beside it, with the time at which each was left.
  private func words() -> [Word] {
    switch location {
    case .local(let path):
      guard let slash = path.lastIndex(of: UInt8(ascii: "/")),
        let directory = try? Directory.open(Array(path[...slash])), let names = try? directory.names()
      else { return [] }
      return Self.words(names) { name in
        (try? directory.read(name, limit: 1 << 16), directory.stamp(name)?.modified ?? 0)
      }
    case .s3:
      var (names, times): ([String], [String: Int64]) = ([], [:])
      try? builds?.forEach(below: "") { name, object in
        names.append(name)
        times[name] = object.modified
      }
      return Self.words(names) { name in
        ((try? builds?.read(name, limit: 1 << 16))?.bytes, times[name] ?? 0)
      }
    }
  }

  private static func words(
    _ names: [String], _ read: (String) -> (bytes: [UInt8]?, left: Int64)
  ) -> [Word] {
    names.compactMap { name in
      let id = String(name.dropLast(".published".utf8.count))
      guard name == id + ".published", names.contains(id + ".json") else { return nil }
      let (bytes, left) = read(name)
      return bytes.flatMap { Receipt(file: $0, "published") }.map { (id, $0, left) }
    }
  }
}
