internal import ArgumentParser
internal import Console

@main
struct IndexPublish: Tool {
  static let configuration = CommandConfiguration(commandName: "index-publish", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
