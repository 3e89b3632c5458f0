internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Files
internal import JSON
internal import Lines
internal import Listing

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
    let listing = try options.listing(stores)
    console.status("listing \(listing.location)")
    console.detail("plan: \(listing.planText)")
    FreedMemory.keep()
    let isEmpty = try summary ? printSummaries(of: listing) : print(listing, options)
    if emptyFails && isEmpty { throw QuietExit(.refused) }
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
    var output = LineOutput()
    for line in summaries { try output.write(common.json ? line.json.text : line.text) }
    try output.flush()
    return summaries.isEmpty
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
