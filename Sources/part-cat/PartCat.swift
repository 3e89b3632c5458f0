internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Files
internal import Formats
internal import Lines
internal import Objects
internal import Reading

@main
struct PartCat: Tool {
  static let configuration = CommandConfiguration(
    commandName: "part-cat", abstract: "Print the records of a slice, or of objects, as NDJSON.",
    discussion: "Reads object lines, as part-pick and part-ls print them, unless locations are named.",
    version: freshetVersion)

  static func main() {
    FreedMemory.keep()
    start()
  }

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var formats: FormatOptions

  @Option(help: ArgumentHelp("Only the members that the fields file names.", valueName: "file"))
  var fields: String?

  @Option(help: ArgumentHelp("Only these members.", valueName: "name,..."))
  var select: String?

  @Option(help: ArgumentHelp("Each record with the shard, of n, that it goes to.", valueName: "n"))
  var shards: Int?

  @Option(help: ArgumentHelp("Pass over up to so many malformed records.", valueName: "n"))
  var skipBad = 0

  @Option(help: ArgumentHelp("How many threads work; the processors' number.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("How many objects of a store are fetched at once.", valueName: "n"))
  var jobs = 16

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there is no object.")
  var emptyFails = false

  @Argument(
    help: ArgumentHelp(
      "An object, in place of a slice; - for records on standard input.", valueName: "location"))
  var locations: [String] = []

  func run() throws {
    let console = Console("part-cat", common)
    let options = try CatOptions(self)
    let stores = try access.stores(console)
    let reading = ObjectReading(stores, options.format, columns: options.columns)
    if locations.isEmpty {
      console.status("waiting for the slice")
      let lines = ObjectLine.inSliceOrder(try Batch.read()?.objects ?? [])
      try print(lines.map(\.location), options, console) { (index) throws(Failure) in
        try reading.open(lines[index])
      }
    } else {
      let named = options.locations
      try print(named, options, console) { (index) throws(Failure) in
        if named[index] == .standardInput {
          return try reading.open(
            RecordStream(), name: "standard input", spool: .open(options.scratch))
        }
        return try reading.open(named[index])
      }
    }
  }

  private func print(
    _ locations: [Location], _ options: CatOptions, _ console: Console,
    open: @escaping @Sendable (Int) throws(Failure) -> OpenRecords
  ) throws {
    if locations.isEmpty {
      console.detail("nothing to do: there is no object")
      if emptyFails { throw QuietExit(.refused) }
    }
    let count = locations.count
    let progress = { @Sendable (done: Int) in console.status("\(done) of \(count) objects printed") }
    progress(0)
    try options.printing.run(
      locations, open: open, passedOver: { console.note("\($0); passed over") }, progress: progress)
  }
}
