internal import Bytes
internal import Failures
internal import Formats
internal import Fields
internal import Glibc
internal import Reading
internal import Records
internal import Segments

/// The options with every default filled in, and the fields file read.
struct CatOptions {
  let format: RecordFormat
  /// Nil for all.
  let columns: RecordColumns?
  let printing: RecordPrinting
  let locations: [Location]
  /// Where what comes on a pipe and is read at any place is kept meanwhile.
  let scratch = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

  init(_ tool: PartCat) throws(Failure) {
    format = try tool.formats.recordFormat()
    let fields = try tool.fields.map { (file) throws(Failure) in try Fields.read(file) }
    columns = try Self.columns(tool, fields)
    guard tool.skipBad >= 0 else { throw Failure(.usage, "--skip-bad must not be below 0") }
    let threads = tool.threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard (1...1024).contains(threads) else { throw Failure(.usage, "--threads must be from 1 to 1024") }
    guard (1...1024).contains(tool.jobs) else { throw Failure(.usage, "--jobs must be from 1 to 1024") }
    printing =
      try Self.routing(tool, fields, threads)
      ?? RecordPrinting(selecting: columns?.names, skipBad: tool.skipBad, threads: threads, jobs: tool.jobs)
    var locations: [Location] = []
    for text in tool.locations {
      guard let location = Location(argument: text) else {
        throw Failure(.usage, "'\(text)' is neither a path nor s3://bucket/key")
      }
      locations.append(location)
    }
    guard locations.count(where: { $0 == .standardInput }) <= 1 else {
      throw Failure(.usage, "standard input can be read once")
    }
    self.locations = locations
  }

  /// Nil without --shards.
  private static func routing(
    _ tool: PartCat, _ fields: Fields?, _ threads: Int
  ) throws(Failure) -> RecordPrinting? {
    guard let shards = tool.shards else { return nil }
    guard (1...Shard.mostShards).contains(shards) else {
      throw Failure(.usage, "--shards must be from 1 to \(Shard.mostShards)")
    }
    guard let fields, tool.select == nil else {
      throw Failure(.usage, "--shards goes with --fields, which says what a group is, and not with --select")
    }
    guard !tool.locations.contains("-") else {
      throw Failure(.usage, "--shards names the object of each record, and standard input is none")
    }
    return RecordPrinting(routing: fields, shards: shards, threads: threads, jobs: tool.jobs)
  }

  private static func columns(_ tool: PartCat, _ fields: Fields?) throws(Failure) -> RecordColumns? {
    let typed = fields.map { RecordColumns($0) }
    guard let select = tool.select else { return typed }
    let names = select.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains("") else { throw Failure(.usage, "--select takes names with commas between them") }
    return (typed ?? RecordColumns([])).selecting(names)
  }
}

extension Location {
  /// `-`; a file of that name is `./-`.
  static let standardInput = Location.local(path: [UInt8(ascii: "-")])
}
