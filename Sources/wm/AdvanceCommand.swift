internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Lines
internal import Partitions
internal import Watermarks

struct AdvanceCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "advance",
    abstract: "Advance a watermark by the receipt of index-publish, or by a slice, on standard input.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @OptionGroup var move: MoveOptions

  @Option(help: ArgumentHelp("When the listing was done, for the log.", valueName: "time"))
  var listed: String?

  @Option(help: ArgumentHelp("When the slice was picked.", valueName: "time"))
  var picked: String?

  @Option(help: ArgumentHelp("When the index was built.", valueName: "time"))
  var built: String?

  @Option(help: ArgumentHelp("When it was published.", valueName: "time"))
  var published: String?

  @Flag(help: "Advance by a slice that became no index: a command of your own has done it.")
  var slice = false

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there is no receipt.")
  var emptyFails = false

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    let now = try move.clock(base)
    let token = try Self.token(of: name)
    let console = base.console
    console.status("waiting for the receipt")
    guard let batch = try Batch.read() else {
      console.detail("nothing to advance: the input is empty")
      if emptyFails { throw QuietExit(.refused) }
      return
    }
    var receipt = slice ? try PublishedReceipt(slice: batch) : try PublishedReceipt(batch)
    receipt.stamp(try times(now: now))
    let advanced = try base.open()
      .advance(name, by: receipt.published, move.signature(at: now), under: token)
    if case .already(let watermark) = advanced {
      console.note(
        "\(name) is at \(watermark.standing) already; the receipt is of generation \(receipt.published.generation)"
      )
    }
    try base.printMoved(advanced.watermark)
  }

  /// What `wm hold` has given us: of a lease of its own name, or of ours.
  private static func token(of name: WatermarkName) throws(Failure) -> FencingToken? {
    guard let text = Environment.value("FRESHET_FENCE") else { return nil }
    guard let fence = Int(text), (0...FencingToken.largest).contains(fence) else {
      throw Failure(.usage, "FRESHET_FENCE: '\(text)' is no fence (see wm --help)")
    }
    let lease = try WatermarkName(Environment.value("FRESHET_LEASE") ?? name.text)
    return FencingToken(lease: lease, fence: fence)
  }

  private func times(
    now: Instant
  ) throws(Failure) -> (listed: Instant?, picked: Instant?, built: Instant?, published: Instant?) {
    func instant(_ text: String?) throws(Failure) -> Instant? {
      guard let text else { return nil }
      return try Instant(parsing: text, now: now)
    }
    return (try instant(listed), try instant(picked), try instant(built), try instant(published))
  }
}
