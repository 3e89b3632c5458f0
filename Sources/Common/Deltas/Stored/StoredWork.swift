internal import Bytes
package import Failures
internal import Files
package import Lines
internal import Segments
internal import Threads

/// A work directory whose builds live in a store: what the last one left is fetched before a build, and what the store lacks is sent
/// after it. Between the two the build is like any other.
package final class StoredWork {
  private let build: Build
  private let store: StateStore
  /// How many files are on their way at once.
  private let jobs: Int
  private let isFed: Bool
  private var digests: FileDigests
  /// The state that was fetched: the store has all that it names.
  private var fetched: StoredState?

  /// `isFed`: the records will be fed, those alone that the last build has not.
  package init(_ build: Build, in store: StateStore, jobs: Int, isFed: Bool = false) {
    (self.build, self.store, self.jobs, self.isFed) = (build, store, jobs, isFed)
    digests = FileDigests(of: build.work)
  }

  private var work: WorkDirectory { build.work }

  // MARK: - Before a build

  /// Makes that state the work directory's last build; with nil there is none, whatever it had. A file that is there and whole is
  /// not fetched.
  ///
  /// Where the state or a file of it is missing or damaged, or it is of another kind of build, there is no last build either, and
  /// `note` is told why.
  ///
  /// What is fed can't begin from nothing, since the records that the last build had don't come: for a state of another kind that is
  /// 78, and for another version's; else 75, and the state is gone from the store, so that the next run finds that there is none.
  package func fetch(_ hash: String?, note: (String) -> Void = { _ in }) throws(Failure) {
    fetched = nil
    try work.adopt(nil)
    guard let hash else { return }
    do throws(Failure) {
      let state = try store.state(hash)
      let manifest = try manifest(of: state)
      try check(state, manifest)
      let files = try fetch(state.files)
      try work.adopt(LastBuild(state: BuildState(state, files, boot: work.boot), manifest: manifest))
      fetched = state
    } catch {
      let isLost = error.exit == .badData || error.exit == .noInput
      guard isLost || error.exit == .configuration, !isFed else {
        throw isLost ? try forget(hash, error.message) : error
      }
      note("\(error.message); the build begins from nothing")
    }
  }

  /// 78 for one that this build can't go on from.
  private func check(_ state: StoredState, _ manifest: IndexManifest) throws(Failure) {
    let last = LastBuild(state: BuildState(state, [], boot: ""), manifest: manifest)
    if build.usable(last) != nil, state.isFed == isFed { return }
    let what =
      state.isFed == isFed
      ? "of other fields, another format or shard" : "of a shard that was \(state.isFed ? "" : "not ")fed"
    throw Failure(
      .configuration, cannot: "go on from", store.place.name(StateStore.state(state.hash)),
      because: "it is \(what)"
    )
  }

  private func forget(_ hash: String, _ reason: String) throws(Failure) -> Failure {
    try store.place.remove(StateStore.state(hash))
    return Failure(.tryAgain, "\(reason); the next run begins from nothing")
  }

  /// It has to name the files that the state has.
  private func manifest(of state: StoredState) throws(Failure) -> IndexManifest {
    let manifest = try store.manifest(state.head.build)
    var named: Set<String> = []
    for segment in manifest.segments {
      named.insert("segments/\(segment.name) \(segment.sha256)")
      if let live = segment.live { named.insert("segments/\(live.name) \(live.sha256)") }
    }
    let files = Set(state.files.filter(\.isOfSegment).map { "\($0.name) \($0.sha256)" })
    guard named == files, (manifest.shard ?? .whole) == state.head.shard else {
      throw store.damaged(StateStore.manifest(state.head.build))
    }
    return manifest
  }

  private func fetch(_ files: [StoredState.File]) throws(Failure) -> [Stamp] {
    let places = try places(of: files.map(\.name))
    let (digests, store) = (digests, store)
    let found = try parallelMap(count: files.count, threads: jobs) {
      (index) throws(Failure) -> FileDigests.Known in
      let (file, place) = (files[index], places[index])
      if let known = try digests.known(file.name, at: place), known.sha256 == file.sha256,
        known.stamp.size == Int64(file.bytes)
      {
        return known
      }
      return (try store.fetch(file, to: place), file.sha256)
    }
    try remember(files.map(\.name), found)
    return found.map(\.stamp)
  }

  private func places(of names: [String]) throws(Failure) -> [FileDigests.Place] {
    var places: [FileDigests.Place] = []
    for name in names {
      guard let place = work.place(of: name) else {
        throw Failure(.software, cannot: "find", name, because: "it is no file of a work directory")
      }
      places.append(place)
    }
    return places
  }

  private func remember(_ names: [String], _ found: [FileDigests.Known]) throws(Failure) {
    digests = FileDigests(Array(zip(names, found)))
    try work.keepDigests(digests.text(boot: work.boot))
  }

  // MARK: - After a build

  /// Sends what the store lacks of the last build, the state last: a crash before it leaves what nothing names. Gives the build's
  /// receipt with the state, and with the index's place in the store.
  package func send(_ receipt: Receipt) throws(Failure) -> Receipt {
    guard let last = work.last else { throw Failure(.software, "cannot send the build: there is none") }
    let state = try state(of: last)
    try send(state.files)
    try store.place.write(StateStore.manifest(state.head.build), .bytes(last.manifest.fileBytes))
    try store.place.write(StateStore.state(state.hash), .bytes(state.bytes))
    return receipt.stored(
      at: store.place.location.appending(StateStore.manifest(state.head.build)), state: state.hash)
  }

  private func state(of last: LastBuild) throws(Failure) -> StoredState {
    let (files, digests) = (last.state.files, digests)
    let places = try places(of: files.map(\.name))
    let found = try parallelMap(count: files.count, threads: jobs) {
      (index) throws(Failure) -> FileDigests.Known in
      if let known = try digests.known(files[index].name, at: places[index]) { return known }
      let name = places[index].directory.full(places[index].name)
      throw Failure(.io, cannot: "find", name, because: "somebody removed it")
    }
    try remember(files.map(\.name), found)
    return StoredState(last.state, found.map(\.sha256), isFed: isFed)
  }

  private func send(_ files: [StoredState.File]) throws(Failure) {
    let there = Set(fetched?.files.map(\.object) ?? [])
    let places = try places(of: files.map(\.name))
    let store = store
    _ = try parallelMap(count: files.count, threads: jobs) { (index) throws(Failure) in
      let (file, place) = (files[index], places[index])
      if there.contains(file.object) {
        if !file.isOfSegment { return }
        if try store.hasSegment(file) { return }
      }
      let path = place.directory.full(place.name)
      try store.place.write(file.object, .file(path: path, sha256: file.sha256))
    }
  }
}

extension Receipt {
  /// The `#index` of a build whose files are in a store.
  fileprivate func stored(at location: Location, state: String) -> Receipt {
    var receipt = Receipt(word)
    for field in fields where field.key != "location" { receipt.append(field.key, self[field.key] ?? "") }
    receipt.append("state", state)
    receipt.append("location", location)
    return receipt
  }
}
