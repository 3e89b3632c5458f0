internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Files
internal import Objects
internal import Publishing
internal import Segments

@main
struct IndexCheck: Tool {
  static let configuration = CommandConfiguration(
    commandName: "index-check", abstract: "Verify an index, or print what is in it.",
    discussion:
      "Verifies every checksum and every structure, and prints what is wrong; exits 65 if anything is.",
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @Argument(help: "Destinations, generations' manifests, or those of builds.")
  var locations: [String]

  @Flag(help: "Print counts and sizes instead.")
  var stat = false

  @Flag(help: "Print every term and the documents that have it instead.")
  var dump = false

  @Flag(help: "Print every document instead.")
  var documents = false

  @Option(
    help: ArgumentHelp(
      "Write a text field to FILE in the Common Index File Format instead; - for stdout.", valueName: "file"))
  var ciff: String?

  @Option(help: ArgumentHelp("The text field, where there are several.", valueName: "name"))
  var field: String?

  func run() throws {
    let content = try content()
    let export = try export()
    let console = Console("index-check", common)
    let stores = try access.stores(console)
    var lines = ContentLines(asJSON: common.json)
    var findings = 0
    for location in locations {
      console.status("reading \(location)")
      let index = try OpenedIndex.open(argument: location, stores: stores)
      if let export {
        try export.write(try IndexView(index.layers))
      } else if let content {
        try lines.print(content, of: try IndexView(index.layers))
      } else {
        findings += try verify(index, &lines, console)
      }
    }
    try lines.end()
    if findings > 0 { throw QuietExit(.badData) }
  }

  /// Nil where the index is to be verified, or exported.
  private func content() throws(Failure) -> ContentLines.Content? {
    switch (stat, dump, documents) {
    case (false, false, false): return nil
    case (true, false, false): return .statistics
    case (false, true, false): return .terms
    case (false, false, true): return .documents
    default: throw Failure(.usage, "only one of --stat, --dump and --documents can be given")
    }
  }

  private func export() throws(Failure) -> Export? {
    guard let ciff else {
      if field != nil { throw Failure(.usage, "--field is for --ciff") }
      return nil
    }
    guard !stat && !dump && !documents else {
      throw Failure(.usage, "--ciff can't be given with --stat, --dump or --documents")
    }
    guard locations.count == 1 else { throw Failure(.usage, "--ciff takes one index") }
    return Export(path: ciff, field: field)
  }

  /// The number of findings.
  private func verify(
    _ index: OpenedIndex, _ lines: inout ContentLines, _ console: Console
  ) throws(Failure) -> Int {
    var count = 0
    for layer in index.layers {
      let findings = layer.manifest.verify(segments: layer.segments, live: layer.live)
      for finding in findings { try lines.print(finding) }
      count += findings.count
      for segment in layer.manifest.segments {
        let own = findings.count { $0.file == segment.name || $0.file == segment.live?.name }
        console.detail("\(segment.name): \(own == 0 ? "whole" : "\(own) findings")")
      }
    }
    return count
  }
}
