internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Deltas
internal import Failures
internal import Formats
internal import Lines
internal import Objects
internal import Reading

@main
struct DeltaBuild: Tool {
  static let configuration = CommandConfiguration(
    commandName: "delta-build", abstract: "Build an index from a slice, or from records.",
    discussion:
      "Reads a slice, as part-pick prints it, and prints its receipt with #index, or nothing when nothing changed.",
    version: freshetVersion)

  static func main() {
    FreedMemory.keep()
    start()
  }

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var formats: FormatOptions

  @OptionGroup var feeding: FedOptions

  @OptionGroup var stored: StateOptions

  @Option(help: ArgumentHelp("What the members of the records mean.", valueName: "file"))
  var fields: String?

  @Option(help: ArgumentHelp("Where the index is built.", valueName: "dir"))
  var work: String?

  @Flag(help: "Read the records themselves, in place of a slice.")
  var records = false

  @Option(help: ArgumentHelp("Pass over up to so many malformed records.", valueName: "n"))
  var skipBad = 0

  @Option(help: ArgumentHelp("How many threads work; the processors' number.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("How much memory to take, about; 512M.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("How many objects of a store are fetched at once.", valueName: "n"))
  var jobs = 16

  @Option(help: ArgumentHelp("Build the groups of the k-th of n shards only.", valueName: "k/n"))
  var shard: String?

  @Flag(help: "Make one index of its shards.")
  var join = false

  @Argument(help: ArgumentHelp("With --join: what each --shard printed, - for stdin.", valueName: "receipt"))
  var receipts: [String] = []

  @Flag(help: "Wait for another build in the directory to end.")
  var wait = false

  @Flag(help: "Build the slice from nothing, too, and compare.")
  var verifyFull = false

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when nothing is printed.")
  var emptyFails = false

  func run() throws {
    let console = Console("delta-build", common)
    let mode = try Mode(self)
    try BuildOptions.check(self)
    let stores = try access.stores(console)
    switch mode {
    case .join, .joinInState: try joinShards(console, stores)
    case .lastBuild: try sayLastBuild(console, stores)
    case .fed, .ask: try runFed(console, stores)
    case .records: try runRecords(console, stores)
    case .slice: try runSlice(console, stores)
    }
  }

  private func runRecords(_ console: Console, _ stores: Stores) throws {
    let options = try BuildOptions(self, stores)
    console.status("reading the records")
    let stream = RecordStream()
    if try stream.isEmpty() { return try nothing(console, "the input is empty") }
    let build = try build(options)
    let receipt = try build.run(records: stream, name: "standard input") { note($0, console) }
    try print(receipt, BuildInput(), nil)
  }

  private func runSlice(_ console: Console, _ stores: Stores) throws {
    let (options, place) = (try BuildOptions(self, stores), try stored.place(stores))
    console.status("waiting for the slice")
    guard let batch = try Batch.read() else { return try nothing(console, "the input is empty") }
    guard let input = try BuildInput(batch) else { return try nothing(console, "there is no object") }
    let build = try build(options) { done, count in console.status("\(done) of \(count) objects read") }
    try run(build, input, try fetch(place, for: build, console), console)
  }

  func build(
    _ options: BuildOptions, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> Build {
    Build(
      options.reading(progress: progress), in: try WorkDirectory(options.work, wait: wait),
      shard: options.shard, limits: options.limits)
  }

  private func run(
    _ build: Build, _ input: BuildInput, _ place: StoredWork?, _ console: Console
  ) throws {
    switch build.standing(of: input) {
    case .published:
      try verify(build, input, console)
      try nothing(console, "nothing changed since the last build")
    case .built(let receipt):
      console.detail("the last build was of this slice")
      try verify(build, input, console)
      try print(receipt, input, place)
    case .different:
      let receipt = try build.run(input) { note($0, console) }
      try verify(build, input, console)
      try print(receipt, input, place)
    }
  }

  private func verify(_ build: Build, _ input: BuildInput, _ console: Console) throws {
    guard verifyFull else { return }
    console.status("building from nothing, to compare")
    if let difference = try FullVerification(build).run(input) {
      throw Failure(
        .software, cannot: "verify", "the index",
        because: "\(difference); the next build begins from nothing")
    }
    console.detail("a build from nothing is the same")
  }

  func note(_ record: String, _ console: Console) { console.note("\(record); passed over") }

  /// What is kept in a store is sent there first.
  func print(_ receipt: Receipt, _ input: BuildInput, _ place: StoredWork?) throws {
    let receipt = try place?.send(receipt) ?? receipt
    try BatchWriter.print(Batch(receipts: input.receipts + [receipt]), json: common.json)
  }

  func nothing(_ console: Console, _ reason: String) throws {
    console.detail("nothing to do: \(reason)")
    if emptyFails { throw QuietExit(.refused) }
  }
}
