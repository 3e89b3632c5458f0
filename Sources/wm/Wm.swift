internal import ArgumentParser
internal import Console

@main
struct Wm: Tool {
  static let configuration = CommandConfiguration(commandName: "wm", version: freshetVersion)

  static func main() { start() }

  func run() throws {}
}
