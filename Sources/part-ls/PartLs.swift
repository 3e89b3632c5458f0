internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Files
internal import JSON
internal import Lines
internal import Listing
internal import Objects
internal import Tables

@main
struct PartLs: Tool {
  static let configuration = CommandConfiguration(
    commandName: "part-ls", abstract: "List the objects of time partitions.",
    discussion:
      "Prints #list, and the objects of the partitions within a range of time, by time and location.",
    version: freshetVersion)

  static func main() { start() }

  @Argument(help: "A directory, or s3://bucket/prefix.")
  var location: String

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @Option(name: .shortAndLong, help: "How time is spelled in the paths, as in dt=%Y-%m-%d/hour=%H.")
  var layout: String?

  @Option(
    help: ArgumentHelp(
      "What the place is: a Delta table, none, or auto to find out.", valueName: "none|auto|delta"))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Of a table: a file's time is its greatest value of this column.", valueName: "name"))
  var timeColumn: String?

  @Flag(help: "Of a table: a file's time is that of the commit that added it.")
  var commitTime = false

  @Option(
    help: ArgumentHelp(
      "Of a table: only what was added behind this version; empty for none.", valueName: "version"))
  var afterVersion: String?

  @Option(help: ArgumentHelp("From one partition's start to the next one's.", valueName: "span"))
  var every: String?

  @Option(help: ArgumentHelp("Only partitions from this time on.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only partitions before this time.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Only what a batch after this watermark can need; empty for none.", valueName: "position"))
  var after: String?

  @Option(help: ArgumentHelp("How far back a batch reaches.", valueName: "span"))
  var window: String?

  @Option(help: ArgumentHelp("How many requests are under way at once.", valueName: "n"))
  var jobs = 8

  @Option(help: ArgumentHelp("The clock that 'now' means, for a replay.", valueName: "time"))
  var now: String?

  @Flag(name: .shortAndLong, help: "Print one line for each partition.")
  var summary = false

  @Flag(name: .shortAndLong, help: "Exit 1 when there is no object.")
  var emptyFails = false

  func run() throws {
    let console = Console("part-ls", common)
    let options = try ListOptions(self)
    let stores = try access.stores(console)
    FreedMemory.keep()
    let isTable = try options.isTable(stores)
    console.status("listing \(options.location)")
    let isEmpty = try isTable ? listTable(options, stores, console) : list(options, stores, console)
    if emptyFails && isEmpty { throw QuietExit(.refused) }
  }

  /// Whether there was none.
  private func list(_ options: ListOptions, _ stores: Stores, _ console: Console) throws(Failure) -> Bool {
    let listing = try options.listing(stores)
    console.detail("plan: \(listing.planText)")
    return try summary ? printSummaries(of: listing) : print(listing, options)
  }

  /// Whether there was none.
  private func listTable(
    _ options: ListOptions, _ stores: Stores, _ console: Console
  ) throws(Failure) -> Bool {
    let listing = try options.tableListing(stores) { console.note($0) }
    let files = try listing.run()
    console.detail("plan: log, version \(files.version), requests: \(listing.requests)")
    if summary {
      try print(files.summaries(of: listing.location))
    } else {
      var writer = BatchWriter(json: common.json)
      try writer.write(options.receipt(of: listing, files))
      if common.json {
        for line in files.lines { try writer.write(line) }
      } else {
        try files.eachLine { (line) throws(Failure) in try writer.write(line) }
      }
      try writer.end()
    }
    return files.isEmpty
  }

  /// Whether there was none.
  private func print(_ listing: Listing, _ options: ListOptions) throws(Failure) -> Bool {
    var writer = BatchWriter(json: common.json)
    writer.open(options.receipt(of: listing, requests: nil))
    var isEmpty = true
    try listing.run { (objects) throws(Failure) in
      isEmpty = false
      try writer.write(objects)
    }
    try writer.end(options.receipt(of: listing, requests: listing.requests))
    return isEmpty
  }

  /// With no `#end` to say that they are all, the lines are printed when they are.
  private func printSummaries(of listing: Listing) throws(Failure) -> Bool {
    var summaries: [PartitionSummary] = []
    try listing.run { summaries += $0.summaries }
    try print(summaries)
    return summaries.isEmpty
  }

  private func print(_ summaries: [PartitionSummary]) throws(Failure) {
    var output = LineOutput()
    for line in summaries { try output.write(common.json ? line.json.text : line.text) }
    try output.flush()
  }
}

extension BatchWriter {
  fileprivate mutating func write(_ objects: ListedObjects) throws(Failure) {
    if isJSON {
      for line in objects.lines { try write(line) }
    } else {
      try objects.eachLine { (line) throws(Failure) in try write(line) }
    }
  }
}
