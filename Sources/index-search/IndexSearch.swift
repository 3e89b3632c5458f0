internal import ArgumentParser
internal import Console

@main
struct IndexSearch: Tool {
  static let configuration = CommandConfiguration(commandName: "index-search", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
