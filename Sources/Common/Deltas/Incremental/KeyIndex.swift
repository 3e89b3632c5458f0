internal import Failures
internal import Runs
internal import Segments

/// The files of keys of the last build, as a batch looks into them: what they say of runs of its window and of segments of the
/// last index. What they say of others is passed over.
struct KeyIndex {
  private struct File {
    let keys: KeyFile
    /// For each source: a run's place in the window, or that of a segment in the manifest, below 0; nil where it is neither.
    let targets: [Int?]
  }

  private let files: [File]

  /// Whether there may be any deletes of groups.
  var hasDeletes: Bool { files.contains(where: \.keys.hasDeletes) }

  /// What went and came again may be in two files: one of them counts.
  init(_ files: [KeyFile], runs: [RunIdentity: Int], segments: [RunIdentity: Int]) {
    var taken: Set<KeyFile.Source> = []
    self.files = files.map { keys in
      File(
        keys: keys,
        targets: keys.sources.map { source in
          guard taken.insert(source).inserted else { return nil }
          return switch source.kind {
          case .run: runs[source.identity]
          case .segment: segments[source.identity].map { -1 - $0 }
          }
        })
    }
  }

  enum Mention {
    /// A record: its run's place in the window, and its number there.
    case record(run: Int, number: Int)
    /// An entry of a segment of the manifest.
    case entry(segment: Int, number: Int)
  }

  /// Every mention of the keys of that kind with those hashes, in ascending order of the hashes for each file.
  func forEach(
    _ kind: KeyKind, _ hashes: borrowing Hashes, _ body: (UInt64, Mention) throws(Failure) -> Void
  ) throws(Failure) {
    for file in files where kind != .groupDelete || file.keys.hasDeletes {
      for index in 0..<hashes.count {
        let hash = hashes[index]
        try file.keys.forEach(kind, hash) { (source, number) throws(Failure) in
          guard let target = file.targets[source] else { return }
          try body(
            hash,
            target >= 0 ? .record(run: target, number: number) : .entry(segment: -1 - target, number: number))
        }
      }
    }
  }
}

/// A set of hashes: gathered, then sealed, then asked.
struct Hashes: ~Copyable {
  private var pile = Pile<Keyed>()

  var count: Int { pile.count }

  subscript(index: Int) -> UInt64 { pile[index].key }

  mutating func insert(_ others: borrowing Hashes) { pile.append(others.pile) }

  mutating func insert(_ hash: UInt64) { pile.append(Keyed(key: hash, value: 0)) }

  /// Sorts them, and drops what is there twice. To be called before anything is asked.
  mutating func seal() {
    let elements = pile.mutableElements
    RadixSort.sort(elements, areHashes: true)
    var kept = 0
    for index in 0..<elements.count where index == 0 || elements[index].key != elements[index - 1].key {
      elements[kept] = elements[index]
      kept += 1
    }
    pile.truncate(to: kept)
  }

  func contains(_ hash: UInt64) -> Bool {
    let elements = pile.elements
    let index = elements.partitioningIndex { $0.key >= hash }
    return index < elements.count && elements[index].key == hash
  }
}
