internal import Bytes
internal import Deltas
internal import Failures
internal import Formats
internal import Fields
internal import Glibc
internal import Objects
internal import Reading
internal import Records
internal import Segments

/// The options with every default filled in, and the fields file read.
struct BuildOptions {
  let fields: Fields
  let work: String
  let shard: Shard
  let limits: Limits
  let format: RecordFormat
  let skipBad: Int
  private let jobs: Int
  private let stores: Stores

  init(_ tool: DeltaBuild, _ stores: Stores) throws(Failure) {
    work = try Self.work(tool)
    let threads = tool.threads ?? min(1024, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    limits = Limits(threads: threads, memory: try tool.memory.map(Self.memory) ?? Limits.defaultMemory)
    shard = try tool.shard.map(Self.shard) ?? .whole
    fields = try Self.fields(tool)
    format = try tool.formats.recordFormat()
    skipBad = tool.skipBad
    jobs = tool.jobs
    self.stores = stores
  }

  func reading(progress: @escaping @Sendable (Int, Int) -> Void) -> SliceReading {
    SliceReading(
      fields: fields, stores: stores, format: format, skipBad: skipBad, threads: limits.threads,
      jobs: jobs, progress: progress)
  }

  /// 64 for numbers that can't be, whether they are looked at or not.
  static func check(_ tool: DeltaBuild) throws(Failure) {
    guard tool.skipBad >= 0 else { throw Failure(.usage, "--skip-bad must not be below 0") }
    for (name, count) in [("--threads", tool.threads), ("--jobs", tool.jobs)] {
      guard (1...1024).contains(count ?? 1) else { throw Failure(.usage, "\(name) must be from 1 to 1024") }
    }
  }

  static func fields(_ tool: DeltaBuild) throws(Failure) -> Fields {
    guard let file = tool.fields, !file.isEmpty else {
      throw Failure(.usage, "--fields is missing: name the file that says what the records' members mean")
    }
    return try Fields.read(file)
  }

  static func work(_ tool: DeltaBuild) throws(Failure) -> String {
    guard let work = tool.work, !work.isEmpty else {
      throw Failure(.usage, "--work is missing: name a directory to build in, such as /var/lib/freshet/NAME")
    }
    return work
  }

  private static func memory(_ text: String) throws(Failure) -> Int {
    guard let size = ByteSize(text) else {
      throw Failure(.usage, "--memory takes a size such as 512M or 2G, not \(text)")
    }
    guard size.bytes >= Limits.leastMemory else {
      throw Failure(.usage, "--memory must be at least \(Limits.leastMemory >> 20)M")
    }
    return size.bytes
  }

  private static func shard(_ text: String) throws(Failure) -> Shard {
    guard let shard = Shard(text) else {
      throw Failure(
        .usage, "--shard takes K/N, the K-th of N shards with K from 1 to N, such as 2/8, not \(text)")
    }
    return shard
  }
}
