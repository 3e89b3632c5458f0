package import Failures
internal import Bytes
internal import Files
internal import JSON
internal import Lines
internal import Runs
internal import Segments

/// Where indexes are built: one process at a time, under a lock.
///
///     WORK/runs/<hash>.run            immutable: the records of one object, decoded
///     WORK/keys/<hash>.keys           immutable: where ids and groups are mentioned
///     WORK/segments/<G>-<hash>.seg    immutable, and .live
///     WORK/builds/<id>.json           immutable: the manifests
///     WORK/builds/<id>.published      index-publish's word that a build was published: its #published line
///     WORK/builds/printed             index-publish's list of those that the reader of their printed changes may have
///     WORK/state                      what the last build left (BuildState); replaced as a whole, last
///     WORK/digests                    what its files hash to, where they are sent to a store, too (FileDigests)
///     WORK/lock                       never removed
///
/// Nothing in it is trusted: a file is what it was where its stamp says so, within one boot; else where its checksums do. What
/// is neither is made anew.
package final class WorkDirectory {
  private let root: Directory
  let runs: Directory
  let keys: Directory
  let segments: Directory
  private let builds: Directory
  private let lock: FileLock
  let boot = Stamp.boot
  /// The stamps of the last build's files, where they hold.
  private var stamps: [String: Stamp] = [:]
  /// The runs that were found to be as their stamps say: no build replaces them.
  private var held: Set<String> = []

  /// Makes what is missing. Where another build is at work in it: 75, or with `wait` its end is waited for.
  package init(_ path: String, wait: Bool = false) throws(Failure) {
    root = try Directory.create(path)
    guard let lock = try FileLock("lock", in: root, wait: wait) else {
      throw Failure(
        .tryAgain, cannot: "build in", path,
        because: "another build is at work there; --wait waits for its end")
    }
    self.lock = lock
    runs = try root.subdirectory("runs")
    keys = try root.subdirectory("keys")
    segments = try root.subdirectory("segments")
    builds = try root.subdirectory("builds")
  }

  /// The path of a build's manifest.
  func path(of id: String) -> String { builds.full(id + ".json") }

  // MARK: - The last build

  /// The last build, where its state, its manifest and its segments are all whole.
  private(set) lazy var last: LastBuild? = lastBuild()

  private func lastBuild() -> LastBuild? {
    guard let bytes = try? root.read("state", limit: 1 << 28), let state = BuildState(bytes),
      let manifest = manifest(state.head.build)
    else { return nil }
    stamps =
      state.boot == boot && !boot.isEmpty ? Dictionary(state.files.map { ($0.name, $0.stamp) }) { $1 } : [:]
    let areWhole = manifest.segments.allSatisfy { segment in
      isWhole(segment.name, sha256: segment.sha256)
        && segment.live.map { isWhole($0.name, sha256: $0.sha256) } ?? true
    }
    return areWhole ? LastBuild(state: state, manifest: manifest) : nil
  }

  private func manifest(_ id: String) -> IndexManifest? {
    let name = id + ".json"
    guard let bytes = try? builds.read(name), let json = try? JSONValue.parse(bytes),
      let manifest = try? IndexManifest(json: json, name: name), manifest.id == id
    else { return nil }
    return manifest
  }

  /// The `#published` line that index-publish has left beside a build; nil where it has left none.
  func published(_ id: String) -> Receipt? {
    (try? builds.read(id + ".published", limit: 1 << 16)).flatMap { Receipt(file: $0, "published") }
  }

  /// Whether a segment or live file is here as it was written. What stamps say is known when `last` is.
  func isWhole(_ name: String, sha256: String) -> Bool {
    if hasStamp("segments/" + name, segments.stamp(name)) { return true }
    guard let file = try? segments.map(name) else { return false }
    return Hex.encode(SHA256.hash(file.bytes)) == sha256
  }

  /// No stamp counts any more.
  func distrust() { (stamps, held) = ([:], []) }

  private func hasStamp(_ name: String, _ stamp: Stamp?) -> Bool { stamp != nil && stamps[name] == stamp }

  // MARK: - Runs and keys

  static func name(of run: RunIdentity) -> String { run.hex + ".run" }

  /// Whether a run is there as the last build left it. Where not, only its bytes tell whether it is whole.
  func hasRun(_ identity: RunIdentity) -> Bool {
    let name = Self.name(of: identity)
    guard hasStamp("runs/" + name, runs.stamp(name)) else { return false }
    held.insert("runs/" + name)
    return true
  }

  /// The run, where it is there and whole.
  func run(_ identity: RunIdentity) -> Run? {
    let name = Self.name(of: identity)
    let isKnown = hasStamp("runs/" + name, runs.stamp(name))
    guard let file = try? runs.map(name), let run = try? Run(file, identity, name: name),
      isKnown || run.isIntact()
    else { return nil }
    return run
  }

  /// The same, record by record; 65 where it is not there, or not whole.
  func sparseRun(_ identity: RunIdentity) throws(Failure) -> SparseRun {
    let name = Self.name(of: identity)
    guard let file = try runs.openFile(name), let stamp = file.stamp else { throw damaged(runs.full(name)) }
    if !hasStamp("runs/" + name, stamp), run(identity) == nil { throw damaged(runs.full(name)) }
    return SparseRun(file, length: Int(clamping: stamp.size), identity, name: runs.full(name))
  }

  /// A file of keys; 65 where it isn't whole.
  func keyFile(_ name: String) throws(Failure) -> KeyFile {
    guard let opened = try? keys.openFile(name) else { throw damaged(keys.full(name)) }
    let isKnown = hasStamp("keys/" + name, opened.stamp)
    let file = try KeyFile(opened, name: keys.full(name))
    guard isKnown || file.isIntact() else { throw damaged(keys.full(name)) }
    return file
  }

  private func damaged(_ name: String) -> Failure {
    Failure(.badData, cannot: "read", name, because: "it is damaged")
  }

  func segment(_ entry: IndexManifest.Segment) throws(Failure) -> (reader: SegmentReader, live: LiveSet?) {
    guard let file = try segments.map(entry.name) else { throw damaged(segments.full(entry.name)) }
    let reader = try SegmentReader(file, name: segments.full(entry.name))
    guard let live = entry.live else { return (reader, nil) }
    guard let bits = try segments.map(live.name) else { throw damaged(segments.full(live.name)) }
    return (reader, try LiveSet(bits.bytes, of: reader, name: segments.full(live.name)))
  }

  // MARK: - Writing

  /// What a build leaves beside its segments, which are there already.
  struct Outcome {
    let manifest: IndexManifest
    let head: StateHead
    /// In slice order, each with the number of its malformed records.
    let runs: [(identity: RunIdentity, bad: Int)]
    /// Names of files.
    let keys: [String]
  }

  /// Each step leaves whole files under their final names, or none. A crash behind
  /// - a run, a segment or a file of keys leaves what nothing names: the next build takes it, or removes it;
  /// - the manifest leaves a build that the state does not know: the same;
  /// - the state leaves a finished build whose receipt was not printed: the next run of the same slice prints it.
  func install(_ outcome: Outcome) throws(Failure) {
    try write(outcome.manifest)
    let id = outcome.head.build
    let previous = last.flatMap { $0.state.head.build == id ? $0.state.previous : $0.state.head.build }
    let state = BuildState(
      head: outcome.head, previous: previous, boot: boot, files: try files(of: outcome))
    try root.write("state", Array(state.text.utf8))
    last = LastBuild(state: state, manifest: outcome.manifest)
    clean(keeping: state)
  }

  private func files(of outcome: Outcome) throws(Failure) -> [BuildState.File] {
    var files: [BuildState.File] = []
    for (identity, bad) in outcome.runs { files.append(try file("runs", runs, Self.name(of: identity), bad)) }
    for name in outcome.keys { files.append(try file("keys", keys, name, 0)) }
    for segment in outcome.manifest.segments {
      for name in [segment.name] + (segment.live.map { [$0.name] } ?? []) {
        files.append(try file("segments", segments, name, 0))
      }
    }
    return files
  }

  private func file(
    _ place: String, _ directory: Directory, _ name: String, _ bad: Int
  ) throws(Failure) -> BuildState.File {
    let path = "\(place)/\(name)"
    guard let stamp = held.contains(path) ? stamps[path] : directory.stamp(name) else {
      throw Failure(.io, cannot: "find", directory.full(name), because: "somebody removed it")
    }
    return BuildState.File(name: path, stamp: stamp, bad: bad)
  }

  // MARK: - Beside a store

  /// Where a file lies that a state names, and its name there; nil for a name that is none of ours.
  func place(of name: String) -> (directory: Directory, name: String)? {
    guard Self.isFile(name), let slash = name.firstIndex(of: "/") else { return nil }
    let directory =
      switch name[..<slash] {
      case "runs": runs
      case "keys": keys
      default: segments
      }
    return (directory, String(name[name.index(after: slash)...]))
  }

  /// The last build is that one from now on, whose files are all here, as its stamps say; or there is none.
  func adopt(_ build: LastBuild?) throws(Failure) {
    if let build { try write(build.manifest) }
    last = build
    held = []
    stamps = Dictionary((build?.state.files ?? []).map { ($0.name, $0.stamp) }) { $1 }
  }

  private func write(_ manifest: IndexManifest) throws(Failure) {
    // From elsewhere: what is left beside the builds may be an index-publish's.
    let temporary = try TemporaryFile(in: segments)
    try FileIO.writeAll(temporary.descriptor, manifest.fileBytes, name: segments.full(temporary.name))
    try temporary.commit(as: manifest.id + ".json", in: builds)
  }

  var digests: [UInt8]? { try? root.read("digests", limit: 1 << 28) }

  /// What is lost of them is hashed again.
  func keepDigests(_ text: String) throws(Failure) {
    let file = try TemporaryFile(in: root)
    try FileIO.writeAll(file.descriptor, Array(text.utf8), name: root.full(file.name))
    try file.rename(to: "digests")
  }

  /// `WORK/verify`, for as long as the object lives.
  func scratch() throws(Failure) -> ScratchDirectory { try root.scratch("verify") }

  /// Forgets the last build: the next one begins from nothing.
  func forget() throws(Failure) {
    last = nil
    try root.remove("state")
  }

  // MARK: - Cleaning

  /// Removes what neither this build nor the one before it names, nor what the watermark stands at or was printed since, and what
  /// killed processes left behind. What can't be removed stays: it is in nobody's way.
  private func clean(keeping state: BuildState) {
    let (head, previous) = (state.head, state.previous.map { [$0] } ?? [])
    let printed = PrintedBuilds.ids(try? builds.read(PrintedBuilds.name)).filter { manifest($0) != nil }
    let ids = [head.build] + previous + published(as: head.generation) + printed
    let manifests = ids.compactMap(manifest)
    let kept = manifests.flatMap(\.segments)
    let segmentNames = Set(kept.map(\.name) + kept.compactMap(\.live?.name))
    let files = Set(state.files.map(\.name))
    remove(from: root) { _ in false }
    if (try? root.existing("verify")) != nil { _ = try? scratch() }
    for suffix in [".json", ".published"] {
      remove(from: builds) { name in Self.isHex(name, 64, suffix) && !ids.contains { name == $0 + suffix } }
    }
    // Where one can't be read, nobody knows which segments it names.
    if manifests.count == ids.count {
      remove(from: segments) { name in Self.isSegment(name) && !segmentNames.contains(name) }
    }
    remove(from: runs) { name in Self.isHex(name, 32, ".run") && !files.contains("runs/" + name) }
    remove(from: keys) { name in Self.isHex(name, 32, ".keys") && !files.contains("keys/" + name) }
  }

  /// The builds that a generation was published of, after which the next ones are made: whoever takes the change since then has
  /// need of them, however many builds did not arrive meanwhile.
  private func published(as generation: Int) -> [String] {
    guard generation > 0 else { return [] }
    let suffix = ".published"
    return ((try? builds.unsortedNames()) ?? []).compactMap { name in
      let id = String(name.dropLast(suffix.count))
      guard Self.isHex(name, 64, suffix), published(id)?["generation"] == String(generation),
        manifest(id) != nil
      else { return nil }
      return id
    }
  }

  private func remove(from directory: Directory, where isStale: (String) -> Bool) {
    for name in (try? directory.unsortedNames()) ?? [] where isLeft(name, in: directory) || isStale(name) {
      try? directory.remove(name)
    }
  }

  /// Beside the builds an index-publish may be at work, which does not have our lock.
  private func isLeft(_ name: String, in directory: Directory) -> Bool {
    name.hasPrefix(".tmp-") && (directory !== builds || !TemporaryFile.isAtWork(on: name, in: directory))
  }

  /// Whether a state may name it: `runs/<hash>.run`, `keys/<hash>.keys`, `segments/<G>-<hash>.seg` or `.live`.
  static func isFile(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return false }
    return switch parts[0] {
    case "runs": isHex(parts[1], 32, ".run")
    case "keys": isHex(parts[1], 32, ".keys")
    case "segments": isSegment(parts[1])
    default: false
    }
  }

  static func isHex(_ name: String, _ digits: Int, _ suffix: String) -> Bool {
    name.hasSuffix(suffix) && Hex.isWritten(String(name.dropLast(suffix.count)), digits: digits)
  }

  /// `<digits>-<32 hexadecimal digits>.seg`, or `.live`.
  private static func isSegment(_ name: String) -> Bool {
    let dash = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard dash.count == 2, UInt64(dash[0]) != nil else { return false }
    return isHex(String(dash[1]), 32, ".seg") || isHex(String(dash[1]), 32, ".live")
  }
}

extension IndexManifest {
  /// The whole file.
  var fileBytes: [UInt8] { Array((json.text + "\n").utf8) }
}

/// A build that is whole, as the work directory has it.
struct LastBuild {
  let state: BuildState
  let manifest: IndexManifest

  /// Its runs, in slice order.
  var runs: [RunIdentity] {
    state.files.compactMap { file in
      file.name.hasPrefix("runs/") ? RunIdentity(hex: file.name.dropFirst(5).dropLast(4)) : nil
    }
  }

  var keys: [String] {
    state.files.compactMap { $0.name.hasPrefix("keys/") ? String($0.name.dropFirst(5)) : nil }
  }
}
