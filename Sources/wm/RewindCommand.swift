internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Watermarks

struct RewindCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "rewind", abstract: "Move a watermark back to where its last move came from.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @OptionGroup var move: MoveOptions

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    guard let store = try base.openExisting() else {
      throw Failure.missingWatermark("rewind", name)
    }
    try base.printMoved(try store.rewind(name, try move.signature(base)))
  }
}
