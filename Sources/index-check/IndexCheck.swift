internal import ArgumentParser
internal import Console

@main
struct IndexCheck: Tool {
  static let configuration = CommandConfiguration(commandName: "index-check", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
