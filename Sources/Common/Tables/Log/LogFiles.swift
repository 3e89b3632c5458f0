internal import Objects

/// What the log of a table holds, as a listing shows it.
struct LogFiles {
  struct Commit {
    let version: Int64
    let key: Key
    let bytes: Int64
    /// Seconds since 1970.
    let modified: Int64
  }

  struct Checkpoint {
    let version: Int64
    /// One file, or all parts of it, in their order.
    let keys: [Key]
    let isJSON: Bool
    /// When the last of its files was written, in seconds since 1970.
    let modified: Int64
  }

  /// From the earliest to the newest.
  private(set) var commits: [Commit] = []
  /// From the newest to the earliest, of one version by their keys; those that lack a part are not among them.
  private(set) var checkpoints: [Checkpoint] = []
  /// The version that the listing began at; 0 where it is whole.
  let start: Int64

  /// The newest version: it is fixed here, whatever is committed from now on. Nil where there is none.
  var newest: Int64? {
    [commits.last?.version, checkpoints.first?.version].compactMap { $0 }.max()
  }

  /// The first version of those that is not there as a commit.
  func missing(from first: Int64, through last: Int64) -> Int64? {
    var expected = first
    for commit in commits where commit.version >= first && commit.version <= last {
      if commit.version != expected { return expected }
      expected += 1
    }
    return expected <= last ? expected : nil
  }

  func commits(from first: Int64, through last: Int64) -> [Commit] {
    commits.filter { $0.version >= first && $0.version <= last }
  }

  /// Lists the log from this version on; `prefix` ends with a slash.
  init(_ store: any ObjectStore, below prefix: [UInt8], from start: Int64, pageSize: Int) throws(StoreError) {
    self.start = start
    var parts = CheckpointParts()
    var request = ListRequest(prefix: Key(prefix), limit: pageSize)
    if start > 0 { request.startAfter = Key(prefix + LogName.start(of: start)) }
    var isDone = false
    while !isDone {
      let page = try store.list(request)
      for object in page.objects {
        let name = object.key.bytes[prefix.count...]
        // Behind the versions come `_sidecars/` and the like.
        isDone = name.first.map { $0 > UInt8(ascii: "9") } ?? false
        if isDone { break }
        try take(object, name, &parts)
      }
      guard try request.goOn(at: page.next) else { break }
    }
    checkpoints = (checkpoints + parts.whole).sorted { ($0.version, $0.keys[0]) > ($1.version, $1.keys[0]) }
  }

  private mutating func take(
    _ object: ObjectInfo, _ name: ArraySlice<UInt8>, _ parts: inout CheckpointParts
  ) throws(StoreError) {
    guard let file = LogName(name) else {
      guard !LogName.isBeyond(name) else {
        throw .invalid(
          "its log has '\(String(decoding: name, as: UTF8.self))', and no table has so many versions")
      }
      return
    }
    if file.version < start { return }
    switch file.kind {
    case .commit:
      commits.append(
        Commit(version: file.version, key: object.key, bytes: object.bytes, modified: object.modified))
    case .checkpoint(let isJSON):
      checkpoints.append(
        Checkpoint(version: file.version, keys: [object.key], isJSON: isJSON, modified: object.modified))
    case .part(let part, let count): parts.add(object, part, of: count, version: file.version)
    }
  }
}

/// The parts of checkpoints that were found.
private struct CheckpointParts {
  private struct Name: Hashable {
    let version: Int64
    let count: Int
  }

  private var found: [Name: [Int: ObjectInfo]] = [:]

  mutating func add(_ object: ObjectInfo, _ part: Int, of count: Int, version: Int64) {
    found[Name(version: version, count: count), default: [:]][part] = object
  }

  var whole: [LogFiles.Checkpoint] {
    found.filter { $0.value.count == $0.key.count }.map { name, parts in
      LogFiles.Checkpoint(
        version: name.version, keys: parts.sorted { $0.key < $1.key }.map(\.value.key), isJSON: false,
        modified: parts.values.map(\.modified).max() ?? 0)
    }
  }
}
