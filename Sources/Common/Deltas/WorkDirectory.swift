package import Failures
internal import Bytes
internal import Segments
internal import Files
internal import JSON

/// Where indexes are built: one process at a time, under a lock.
///
///     WORK/segments/<G>-<hash>.seg    immutable
///     WORK/builds/<id>.json           immutable: the manifests
///     WORK/state.json                 which build was the last; replaced as a whole, last
///     WORK/lock                       never removed
package struct WorkDirectory {
  private let root: Directory
  let segments: Directory
  private let builds: Directory
  private let lock: FileLock

  /// Makes what is missing; 75 where another build is at work in it.
  package init(_ path: String) throws(Failure) {
    root = try Directory.create(path)
    guard let lock = try FileLock("lock", in: root, wait: false) else {
      throw Failure(.tryAgain, cannot: "build in", path, because: "another build is at work there")
    }
    self.lock = lock
    segments = try root.subdirectory("segments")
    builds = try root.subdirectory("builds")
  }

  /// The path of a build's manifest.
  func path(of id: String) -> String { builds.full(id + ".json") }

  // MARK: - The last build

  /// The last build, where its state, its manifest and its segments are all whole; what is not is never trusted.
  func lastBuild() -> LastBuild? {
    guard let bytes = try? root.read("state.json", limit: 1 << 16), let json = try? JSONValue.parse(bytes),
      let state = BuildState(json), let manifest = manifest(state.build),
      manifest.segments.allSatisfy(isWhole)
    else { return nil }
    return LastBuild(state: state, manifest: manifest)
  }

  private func manifest(_ id: String) -> IndexManifest? {
    let name = id + ".json"
    guard let bytes = try? builds.read(name), let json = try? JSONValue.parse(bytes),
      let manifest = try? IndexManifest(json: json, name: name), manifest.id == id
    else { return nil }
    return manifest
  }

  private func isWhole(_ segment: IndexManifest.Segment) -> Bool {
    isWhole(segment.name, segment.bytes) && segment.live.map { isWhole($0.name, $0.bytes) } ?? true
  }

  private func isWhole(_ name: String, _ bytes: Int) -> Bool {
    (try? segments.map(name))?.bytes.count == bytes
  }

  // MARK: - Writing

  /// Each step leaves whole files under their final names, or none. A crash behind
  /// - a segment leaves a file that nothing names, which the next build removes or makes anew;
  /// - the manifest leaves a build that the state does not know: the same;
  /// - the state leaves a finished build whose receipt was not printed: the next run of the same slice prints it.
  func install(
    _ manifest: IndexManifest, generation: Int, bad: Int
  ) throws(Failure) {
    let last = lastBuild()
    let id = manifest.id
    try builds.write(id + ".json", Array((manifest.json.text + "\n").utf8))
    let previous = last.flatMap { $0.state.build == id ? $0.state.previous : $0.state.build }
    let state = BuildState(build: id, previous: previous, generation: generation, bad: bad)
    try root.write("state.json", Array((state.json.text + "\n").utf8))
    clean(keeping: [id] + (previous.map { [$0] } ?? []))
  }

  /// Removes builds and segments that none of the builds to keep names, and what killed processes left behind.
  /// What can't be removed stays: it is in nobody's way.
  private func clean(keeping ids: [String]) {
    let kept = ids.compactMap(manifest).flatMap(\.segments)
    let names = Set(kept.map(\.name) + kept.compactMap(\.live?.name))
    remove(from: root) { $0.hasPrefix(".tmp-") }
    remove(from: builds) { name in
      name.hasPrefix(".tmp-") || Self.isBuild(name) && !ids.contains { name == $0 + ".json" }
    }
    remove(from: segments) { name in
      name.hasPrefix(".tmp-") || Self.isSegment(name) && !names.contains(name)
    }
  }

  private func remove(from directory: Directory, where isStale: (String) -> Bool) {
    for name in (try? directory.names()) ?? [] where isStale(name) { try? directory.remove(name) }
  }

  private static func isBuild(_ name: String) -> Bool {
    name.hasSuffix(".json") && BuildState.isID(String(name.dropLast(5)))
  }

  /// `<digits>-<32 hexadecimal digits>.seg`, or `.live`.
  private static func isSegment(_ name: String) -> Bool {
    let dash = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard dash.count == 2, UInt64(dash[0]) != nil else { return false }
    let dot = dash[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    return dot.count == 2 && Hex.isWritten(dot[0], digits: 32) && (dot[1] == "seg" || dot[1] == "live")
  }
}
