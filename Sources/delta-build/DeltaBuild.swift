internal import ArgumentParser
internal import Console

@main
struct DeltaBuild: Tool {
  static let configuration = CommandConfiguration(commandName: "delta-build", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
