internal import ArgumentParser
internal import Console
internal import Failures
internal import Files
internal import Objects
internal import Publishing
internal import Segments

@main
struct IndexSearch: Tool {
  static let configuration = CommandConfiguration(
    commandName: "index-search", abstract: "Search an index that was published or built.",
    discussion: """
      A query is of words, "phrases", field:word, field:"phrase", +required, -excluded, and price:10..20.
      A query that begins with - goes behind --.
      """,
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @Argument(help: "A destination, a generation's manifest, or that of a build.")
  var location: String

  @Argument(help: "What to look for; several arguments are one query.")
  var query: [String]

  @Option(name: [.long, .customShort("k")], help: ArgumentHelp("At most so many hits.", valueName: "n"))
  var top = 10

  @Flag(help: "Each word must be there.")
  var all = false

  @Option(help: ArgumentHelp("Lay the index over that one.", valueName: "location"))
  var base: String?

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when nothing is found.")
  var emptyFails = false

  func run() throws {
    guard top > 0 else { throw Failure(.usage, "--top must be at least 1") }
    let query = try Query(parsing: query.joined(separator: " "), allRequired: all)
    let console = Console("index-search", common)
    console.status("searching \(location)")
    let stores = Stores()
    let layers = try ([base].compactMap(\.self) + [location]).flatMap {
      try OpenedIndex.open(argument: $0, stores: stores).layers
    }
    let view = try IndexView(layers)
    let hits = try view.search(query, limit: top)
    console.detail("\(hits.count) hits in \(view.documents) documents")
    var output = LineOutput()
    for hit in hits { try output.write(common.json ? hit.jsonLine : hit.textLine) }
    try output.flush()
    if emptyFails && hits.isEmpty { throw QuietExit(.refused) }
  }
}
