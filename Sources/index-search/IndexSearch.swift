internal import Access
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

  @OptionGroup var access: AccessOptions

  @Argument(help: "A destination, a generation's manifest, or that of a build.")
  var location: String

  @Argument(help: "What to look for; several arguments are one query.")
  var query: [String] = []

  @Option(
    help: ArgumentHelp("Search for each line, an id, a tab and a query; - is stdin.", valueName: "file"))
  var queries: String?

  @Option(name: [.long, .customShort("k")], help: ArgumentHelp("At most so many hits.", valueName: "n"))
  var top = 10

  @Flag(help: "Each word must be there.")
  var all = false

  @Option(help: ArgumentHelp("Lay the index over that one.", valueName: "location"))
  var base: String?

  @Option(help: ArgumentHelp("Keep there what is fetched of an index in a bucket.", valueName: "directory"))
  var cache: String?

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when nothing is found.")
  var emptyFails = false

  func run() throws {
    guard top > 0 else { throw Failure(.usage, "--top must be at least 1") }
    guard query.isEmpty != (queries == nil) else {
      throw Failure(.usage, "give either a query or --queries (see index-search --help)")
    }
    let console = Console("index-search", common)
    var output = LineOutput()
    let found: Int
    if let queries {
      found = try answer(QueryLines(file: queries), console, &output)
    } else {
      found = try answer(Query(parsing: query.joined(separator: " "), allRequired: all), console, &output)
    }
    try output.flush()
    if emptyFails && found == 0 { throw QuietExit(.refused) }
  }

  private func openView(_ console: Console) throws -> IndexView {
    console.status("searching \(location)")
    let stores = try access.stores(console, cache: cache)
    return try IndexView(
      try ([base].compactMap(\.self) + [location]).flatMap {
        try OpenedIndex.open(argument: $0, stores: stores).layers
      })
  }

  /// Prints the hits of one query; how many there are.
  private func answer(_ query: Query, _ console: Console, _ output: inout LineOutput) throws -> Int {
    let view = try openView(console)
    let hits = try view.search(query, limit: top)
    for hit in hits { try output.write(common.json ? hit.jsonLine : hit.textLine) }
    if common.verbose {
      let documents = try view.documents
      console.detail("\(hits.count) hits in \(documents) documents")
    }
    return hits.count
  }

  /// Prints a run: the hits of query after query.
  private func answer(_ queries: QueryLines, _ console: Console, _ output: inout LineOutput) throws -> Int {
    let view = try openView(console)
    var searcher = Searcher(view)
    var times = QueryTimes()
    var found = 0
    for line in queries.lines {
      let matches: [Match]
      do throws(Failure) {
        matches = try times.measure { () throws(Failure) in
          try searcher.best(Query(parsing: line.query, allRequired: all), limit: top)
        }
      } catch {
        try output.flush()
        throw queries.failure(error, at: line)
      }
      for (index, match) in matches.enumerated() {
        try output.write(
          common.json
            ? try view.hit(match).jsonLine(query: line.id, rank: index + 1)
            : match.runLine(query: line.id, rank: index + 1))
      }
      found += matches.count
    }
    console.detail(times.summary)
    return found
  }
}
