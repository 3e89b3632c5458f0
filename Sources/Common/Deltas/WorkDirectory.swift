internal import Bytes
package import Failures
package import Segments
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
  private let segments: Directory
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
  package func path(of id: String) -> String { builds.full(id + ".json") }

  // MARK: - The last build

  /// The last build, where its state, its manifest and its segments are all whole; what is not is never trusted.
  package func lastBuild() -> LastBuild? {
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
  package func install(
    _ manifest: IndexManifest, contents: [[UInt8]], generation: Int, bad: Int
  ) throws(Failure) {
    let last = lastBuild()
    for (segment, bytes) in zip(manifest.segments, contents) { try segments.write(segment.name, bytes) }
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
    return dot.count == 2 && isHex(dot[0], digits: 32) && (dot[1] == "seg" || dot[1] == "live")
  }
}

/// A build that is whole, as the work directory has it.
package struct LastBuild: Equatable, Sendable {
  package let state: BuildState
  package let manifest: IndexManifest
}

/// What `state.json` says:
///
///     {"format":1,"build":"<id>","previous":"<id>" or null,"generation":811,"bad":0}
package struct BuildState: Equatable, Sendable {
  package let build: String
  /// The build before it, whose files may still be on their way somewhere.
  package let previous: String?
  /// The generation that its slice was listed after.
  package let generation: Int
  /// How many malformed records it passed over.
  package let bad: Int

  static let format = 1

  init(build: String, previous: String?, generation: Int, bad: Int) {
    self.build = build
    self.previous = previous
    self.generation = generation
    self.bad = bad
  }

  init?(_ json: JSONValue) {
    guard json["format"]?.integer == Self.format, let build = json["build"]?.string, Self.isID(build),
      let generation = json["generation"]?.integer, let bad = json["bad"]?.integer
    else { return nil }
    self.init(
      build: build, previous: json["previous"]?.string.flatMap { Self.isID($0) ? $0 : nil },
      generation: generation, bad: bad)
  }

  var json: JSONValue {
    .object([
      .init("format", .number(Self.format)), .init("build", .string(build)),
      .init("previous", previous.map { .string($0) } ?? .null), .init("generation", .number(generation)),
      .init("bad", .number(bad)),
    ])
  }

  /// A SHA-256 in hex, and so a name that leads nowhere else.
  static func isID(_ text: String) -> Bool {
    isHex(text[...], digits: 64)
  }
}

private func isHex(_ text: Substring, digits: Int) -> Bool {
  text.utf8.count == digits && text.utf8.allSatisfy { Hex.value(of: $0) != nil }
}
