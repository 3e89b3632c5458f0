package import Bytes
internal import Failures
internal import Files
internal import Lines

extension BuiltIndex {
  /// The build of the same work directory that was published as the generation that this one follows, of that position where it
  /// is known, and where the generation is not known the one of the newest; by the words that lie beside them, of several the
  /// last. Nil where there is none.
  package func predecessor(
    after parent: Parent, position: String?
  ) -> (location: Location, generation: Int)? {
    guard case .local(let path) = location, let slash = path.lastIndex(of: UInt8(ascii: "/")),
      let directory = try? Directory.open(Array(path[...slash])), let names = try? directory.names()
    else { return nil }
    var best: (id: Substring, age: (generation: Int, left: Int64))?
    for name in names where name.hasSuffix(".published") {
      let id = name.dropLast(".published".utf8.count)
      guard let word = Self.word(name, in: directory), names.contains("\(id).json"),
        let generation = word["generation"].flatMap({ Int($0) })
      else { continue }
      if case .exactly(let number, _) = parent {
        guard number == generation, position == nil || word["to"] == position else { continue }
      } else if id == manifest.id {
        continue
      }
      // A batch that did not arrive has left the word of a generation that a later one is, too.
      let age = (generation, directory.stamp(name)?.modified ?? 0)
      if best.map({ age > $0.age }) ?? true { best = (id, age) }
    }
    return best.map { (.local(path: Array(path[...slash]) + Array("\($0.id).json".utf8)), $0.age.generation) }
  }

  private static func word(_ name: String, in directory: Directory) -> Receipt? {
    guard let bytes = try? directory.read(name, limit: 1 << 16), bytes.last == UInt8(ascii: "\n") else {
      return nil
    }
    return Receipt(Substring(decoding: bytes.dropLast(), as: UTF8.self)).flatMap {
      $0.word == "published" ? $0 : nil
    }
  }
}
