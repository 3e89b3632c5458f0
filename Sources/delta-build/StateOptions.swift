internal import ArgumentParser
internal import Bytes
internal import Console
internal import Deltas
internal import Failures
internal import Fields
internal import Formats
internal import Lines
internal import Objects
internal import Partitions
internal import Segments

/// Builds that go on from what lies in a store.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep what a shard leaves for its next build in a directory or s3:// prefix.", valueName: "location"))
  var state: String?

  @Option(
    help: ArgumentHelp(
      "Go on from that state; with --join, from that build; none: from nothing.", valueName: "hash"))
  var last: String?

  @Flag(help: "Print which states the next builds of a slice go on from, and which objects are new.")
  var lastBuild = false

  @Option(help: ArgumentHelp("With --last-build: how many shards are built.", valueName: "n"))
  var shards: Int?

  @Option(help: ArgumentHelp("With --join --state: how old must be what is cleaned away.", valueName: "span"))
  var grace = "1h"

  /// Where builds are kept, and which one to go on from; nil: none.
  typealias Place = (store: StateStore, last: String?)

  /// Nil without `--state`.
  func place(_ stores: Stores) throws(Failure) -> Place? {
    if let store = try store(stores) { return (store, try beginning()) }
    if last == nil { return nil }
    throw Failure(.usage, "--last names what lies in --state, which is missing")
  }

  /// Nil without `--state`.
  func store(_ stores: Stores) throws(Failure) -> StateStore? {
    guard let state else { return nil }
    guard let location = Location(argument: state) else {
      throw Failure(.usage, "--state takes a directory or an s3:// prefix, not '\(state)'")
    }
    return StateStore(try StorePlace(location, stores: stores))
  }

  /// What to go on from; nil for `none`. It has to be said: what is built depends on it.
  private func beginning() throws(Failure) -> String? {
    guard let last else {
      throw Failure(.usage, "--last is missing: with --state, say which state to go on from, or none")
    }
    if last == "none" { return nil }
    guard Hex.isWritten(last, digits: 64) else {
      throw Failure(
        .usage, "--last takes 64 hexadecimal digits, as #last, #shard and #index have them, or none")
    }
    return last
  }
}

extension DeltaBuild {
  /// Makes the work directory what the last build left, whichever machine that was; nil where it is the only place.
  func fetch(
    _ place: StateOptions.Place?, for build: Build, _ console: Console
  ) throws(Failure) -> StoredWork? {
    guard let place else { return nil }
    let stored = StoredWork(build, in: place.store, jobs: jobs, isFed: feeding.fed || feeding.ask)
    console.status("fetching the last build")
    try stored.fetch(place.last) { console.detail($0) }
    return stored
  }

  /// `--last-build`: what a driver of several builds asks ahead of them.
  func sayLastBuild(_ console: Console, _ stores: Stores) throws {
    guard let store = try stored.store(stores) else {
      throw Failure(.usage, "--last-build says what lies in --state, which is missing")
    }
    guard let shards = stored.shards, (1...Shard.mostShards).contains(shards) else {
      throw Failure(.usage, "--shards takes from 1 to \(Shard.mostShards): how many shards are built")
    }
    let fields = try BuildOptions.fields(self)
    let reading = SliceReading(
      fields: fields, stores: stores, format: try formats.recordFormat(), skipBad: skipBad, threads: 1,
      jobs: jobs)
    console.status("waiting for the slice")
    guard let batch = try Batch.read() else { return try nothing(console, "the input is empty") }
    guard let input = try BuildInput(batch) else { return try nothing(console, "there is no object") }
    guard let answer = try StoredBeginning(store, reading, shards: shards, jobs: jobs).run(input) else {
      return try nothing(console, "nothing changed since the last build")
    }
    try BatchWriter.print(answer, json: common.json)
  }

  /// `--join --state`: one index of shards whose files stay where they are.
  func joinShards(_ shards: [BuiltShard], in place: StateOptions.Place, _ console: Console) throws {
    let (join, store) = (try Join(shards), place.store)
    let patience = Duration.seconds(try Span.seconds(access.patience, of: "--patience"))
    let cleaning = StateCleaning(store, grace: try Span.seconds(stored.grace, of: "--grace"), jobs: jobs)
    let isPublished = try join.isPublished(in: store)
    // One that was published is the last one, too: else a driver that began from nothing would do so again and again.
    let batch = try join.run(in: store, after: place.last, patience: patience, jobs: jobs)
    if isPublished { return try nothing(console, "nothing changed since the last join") }
    console.detail("joined \(shards.count) shards")
    try BatchWriter.print(batch, json: common.json)
    // What can't be removed now is for the next time.
    do throws(Failure) {
      let count = try cleaning.run()
      console.detail("removed \(count) files that no build needs any more")
    } catch { console.detail(error.message) }
  }
}
