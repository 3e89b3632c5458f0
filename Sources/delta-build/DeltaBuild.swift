internal import ArgumentParser
internal import Console
internal import Deltas
internal import Lines
internal import Objects

@main
struct DeltaBuild: Tool {
  static let configuration = CommandConfiguration(
    commandName: "delta-build", abstract: "Build an index from a slice, or from records.",
    discussion:
      "Reads a slice, as part-pick prints it, and prints its receipt with #index, or nothing when nothing changed.",
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("What the members of the records mean.", valueName: "file"))
  var fields: String?

  @Option(help: ArgumentHelp("Where the index is built.", valueName: "dir"))
  var work: String?

  @Flag(help: "Read the records themselves: NDJSON, plain, gzip or zstd.")
  var records = false

  @Option(help: ArgumentHelp("Pass over up to so many malformed records.", valueName: "n"))
  var skipBad = 0

  @Option(help: ArgumentHelp("How many threads decode; the processors' number.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("How many objects of a store are fetched at once.", valueName: "n"))
  var jobs = 16

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when nothing is printed.")
  var emptyFails = false

  func run() throws {
    let console = Console("delta-build", common)
    let options = try BuildOptions(self)
    if records {
      console.status("reading the records")
      let stream = RecordStream()
      if try stream.isEmpty() { return try nothing(console, "the input is empty") }
      let work = try WorkDirectory(options.work)
      let batch = try options.reading.read(stream, name: "standard input")
      try build(batch, of: BuildInput(), options, in: work, console)
    } else {
      console.status("waiting for the slice")
      guard let batch = try Batch.read() else { return try nothing(console, "the input is empty") }
      guard let input = try BuildInput(batch) else { return try nothing(console, "there is no object") }
      try run(input, options, console)
    }
  }

  private func run(_ input: BuildInput, _ options: BuildOptions, _ console: Console) throws {
    let work = try WorkDirectory(options.work)
    switch Build(fields: options.fields, work: work).standing(of: input, skipBad: skipBad) {
    case .published: try nothing(console, "nothing changed since the last build")
    case .built(let receipt):
      console.detail("the last build was of this slice")
      try print(receipt, input)
    case .different:
      let count = input.objects.count
      let batch = try options.reading.read(input.objects, jobs: options.jobs(for: input.objects)) { done in
        console.status("\(done) of \(count) objects read")
      }
      try build(batch, of: input, options, in: work, console)
    }
  }

  private func build(
    _ batch: DecodedBatch, of input: BuildInput, _ options: BuildOptions, in work: WorkDirectory,
    _ console: Console
  ) throws {
    for record in batch.passedOver { console.note("\(record); passed over") }
    console.status("folding the records")
    try print(Build(fields: options.fields, work: work).run(batch, input: input), input)
  }

  private func print(_ receipt: Receipt, _ input: BuildInput) throws {
    try BatchWriter.print(Batch(receipts: input.receipts + [receipt]), json: common.json)
  }

  private func nothing(_ console: Console, _ reason: String) throws {
    console.detail("nothing to do: \(reason)")
    if emptyFails { throw QuietExit(.refused) }
  }
}
