internal import Console
internal import Deltas
internal import Failures
internal import Files
internal import Lines
internal import Objects

/// What the shards of `--join` printed.
struct ShardReceipts {
  /// Names of files; `-` is standard input.
  let names: [String]
  /// Where the shards lie; nil: in directories.
  let store: StateStore?

  /// Nil where all of them are empty: nothing was due.
  func shards() throws(Failure) -> [BuiltShard]? {
    var shards: [BuiltShard] = []
    var empty: String?
    for name in names {
      if let batch = try Self.read(name) {
        shards.append(try shard(batch, name))
      } else {
        empty = name
      }
    }
    if shards.isEmpty { return nil }
    guard let empty else { return shards }
    throw Failure(.badData, cannot: "join", empty, because: "it is empty, and \(shards[0].name) is not")
  }

  private func shard(_ batch: Batch, _ name: String) throws(Failure) -> BuiltShard {
    if let store { return try BuiltShard(batch, name: name, in: store) }
    return try BuiltShard(batch, name: name)
  }

  private static func read(_ name: String) throws(Failure) -> Batch? {
    if name == "-" { return try Batch.read() }
    let file = try Descriptor.reading(Array(name.utf8))
    return try Batch.read(file.number, name: name)
  }
}

extension DeltaBuild {
  func joinShards(_ console: Console, _ stores: Stores) throws {
    guard !receipts.isEmpty else {
      throw Failure(
        .usage, "--join takes the files that hold what delta-build --shard printed, and there is none")
    }
    let place = try stored.place(stores)
    let path = place == nil ? try BuildOptions.work(self) : ""
    console.status("waiting for the shards")
    guard let shards = try ShardReceipts(names: receipts, store: place?.store).shards() else {
      return try nothing(console, "the receipts are empty")
    }
    if let place { return try joinShards(shards, in: place, console) }
    let (join, work) = (try Join(shards), try WorkDirectory(path, wait: wait))
    if try join.isPublished(in: work) { return try nothing(console, "nothing changed since the last join") }
    let batch = try join.run(in: work)
    console.detail("joined \(shards.count) shards")
    try BatchWriter.print(batch, json: common.json)
  }
}
