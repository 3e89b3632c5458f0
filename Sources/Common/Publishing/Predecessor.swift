package import Bytes
internal import Failures
internal import Files
internal import Lines

extension BuiltIndex {
  /// The build of the same work directory that was published as the generation that this one follows, and where that is not
  /// known the one of the newest; by the words that lie beside them. Nil where there is none.
  package func predecessor(after parent: Parent) -> (location: Location, generation: Int)? {
    guard case .local(let path) = location, let slash = path.lastIndex(of: UInt8(ascii: "/")),
      let directory = try? Directory.open(Array(path[...slash])), let names = try? directory.names()
    else { return nil }
    var best: (id: Substring, generation: Int)?
    for name in names where name.hasSuffix(".published") {
      let id = name.dropLast(".published".utf8.count)
      guard id != manifest.id, let word = Self.word(name, in: directory),
        let generation = word["generation"].flatMap({ Int($0) }), names.contains("\(id).json")
      else { continue }
      if case .exactly(let number, _) = parent, number != generation { continue }
      if generation > best?.generation ?? -1 { best = (id, generation) }
    }
    return best.map { (.local(path: Array(path[...slash]) + Array("\($0.id).json".utf8)), $0.generation) }
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
