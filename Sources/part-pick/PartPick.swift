internal import ArgumentParser
internal import Console

@main
struct PartPick: Tool {
  static let configuration = CommandConfiguration(commandName: "part-pick", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
