internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import JSON
internal import Partitions
internal import Watermarks

struct LagCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "lag", abstract: "Print how many seconds ago the watermark's partition ended.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @Option(help: ArgumentHelp("From one partition's start to the next one's.", valueName: "span"))
  var every: String?

  @Option(help: ArgumentHelp("Exit 1 when it is more.", valueName: "span"))
  var max: String?

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    let (every, limit) = (try span(every, "--every"), try span(max, "--max"))
    guard let store = try base.openExisting(), let watermark = try store.watermark(name) else {
      throw Failure.missingWatermark("tell the lag of", name)
    }
    guard let step = try every ?? store.step(of: name).map(Int64.init) else {
      throw Failure(
        .usage, cannot: "tell the lag of", name.text,
        because: "no receipt has told how long a partition is; say --every")
    }
    let lag = try base.clock() - (watermark.position + step)
    try printLine(base.common.json ? json(watermark, step, lag).text : String(lag))
    if let limit, lag > limit { throw QuietExit(.refused) }
  }

  private func json(_ watermark: Watermark, _ step: Int64, _ lag: Int64) -> JSONValue {
    .object([
      .init("name", .string(watermark.name.text)), .init("position", .string(watermark.position.description)),
      .init("every", .number(step)), .init("lag", .number(lag)),
    ])
  }
}
