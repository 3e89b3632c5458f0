internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Watermarks

struct IdleCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "idle", abstract: "Note that a batch found nothing to do.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    try base.openExisting()?.markIdle(name, at: try base.clock())
  }
}
