internal import ArgumentParser
internal import Console

@main
struct PartLs: Tool {
  static let configuration = CommandConfiguration(commandName: "part-ls", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
