internal import ArgumentParser
internal import Console
internal import Failures
internal import Lines
internal import Partitions
internal import Picking

@main
struct PartPick: Tool {
  static let configuration = CommandConfiguration(
    commandName: "part-pick", abstract: "Pick the slice of the next batch from a listing.",
    discussion:
      "Reads the lines of part-ls; prints #slice and the objects of its window, or nothing when nothing is due.",
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @Option(help: "rate, latest, next or catch-up.")
  var policy = "rate"

  @Option(help: ArgumentHelp("For catch-up: how many steps behind 'next' still is.", valueName: "n"))
  var maxLag: Int?

  @Option(help: ArgumentHelp("The watermark, TIME or TIME@N; empty for none.", valueName: "position"))
  var after: String?

  @Option(help: ArgumentHelp("From one partition's start to the next one's.", valueName: "span"))
  var every: String?

  @Option(help: ArgumentHelp("How far back a batch reaches.", valueName: "span"))
  var window: String?

  @Option(help: ArgumentHelp("The grace that late writers get.", valueName: "span"))
  var settle = "60s"

  @Option(help: ArgumentHelp("The window's start, itself left out; empty for none.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("The window's end, a partition's start.", valueName: "time"))
  var to: String?

  @Option(help: ArgumentHelp("The clock, for a replay.", valueName: "time"))
  var now: String?

  @Flag(help: "Due also where only late objects can be new.")
  var late = false

  @Flag(help: "Refuse a pick that would leave a gap.")
  var noGap = false

  @Flag(help: "Say on stderr what was chosen, and why.")
  var explain = false

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when nothing is due.")
  var emptyFails = false

  func run() throws {
    let console = Console("part-pick", common)
    // Before anything is read: a wrong one is not to wait until something is due.
    let policy = try PickOptions.policy(self)
    console.status("waiting for the listing")
    guard let batch = try Batch.read() else { return try nothing(console, "the input is empty") }
    let options = try PickOptions(self, policy, Listed(batch.receipt("list")))
    let pick: Pick
    do throws(NotDue) { pick = try options.request.pick(from: partitions(of: batch)) } catch {
      return try nothing(console, error.reason)
    }
    let objects = try pick.objects(of: batch.objects)
    let receipt = options.request.receipt(pick, objects: objects, generation: options.generation)
    report(console, options, pick, objects.count)
    if noGap && pick.gap > 0 {
      throw Failure(
        .refused, cannot: "pick", "(\(pick.from), \(pick.to)]",
        because: "a gap of \(pick.gap) after the watermark \(receipt["after"] ?? "") would be in no batch;"
          + " widen --window, or publish a new base")
    }
    try BatchWriter.print(Batch(receipts: batch.receipts + [receipt], objects: objects), json: common.json)
  }

  private func partitions(of batch: Batch) -> [Instant] {
    var times: [Instant] = []
    for object in batch.objects where object.time != times.last { times.append(object.time) }
    return Set(times).sorted()
  }

  private func nothing(_ console: Console, _ reason: String) throws {
    if explain {
      console.note("nothing is due: \(reason)")
    } else {
      console.detail("nothing is due: \(reason)")
    }
    if emptyFails { throw QuietExit(.refused) }
  }

  private func report(_ console: Console, _ options: PickOptions, _ pick: Pick, _ objects: Int) {
    if let shortfall = options.request.shortfall(pick, listedSince: options.since, until: options.until) {
      console.note("the slice may be short: \(shortfall)")
    }
    let request = options.request
    let text =
      "\(request.policy) at \(request.clock.now): watermark \(request.after?.description ?? "none"),"
      + " window (\(pick.from), \(pick.to)], \(objects) objects, skipped \(pick.skipped), gap \(pick.gap)"
    if explain { console.note(text) } else { console.detail(text) }
  }
}
