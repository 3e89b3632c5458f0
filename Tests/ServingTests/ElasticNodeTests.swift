import Bytes
import Changes
import Failures
import Foundation
import JSON
import Partitions
import Seeded
import Testing
import Threads

@testable import Serving

private let node = ProcessInfo.processInfo.environment["FRESHET_TEST_ELASTICSEARCH"]

/// Against the Elasticsearch node that FRESHET_TEST_ELASTICSEARCH names, http://host:port, each test in indexes of its own. Not
/// tested: several nodes, OpenSearch, versions other than the node's; what a node does under load (ElasticFaultTests).
@Suite(.enabled(if: node != nil, "FRESHET_TEST_ELASTICSEARCH names no node"))
struct ElasticNodeTests {
  private let name = "t\(UInt64.random(in: 0 ... .max))"
  private let session: ServingSession
  private let server: ElasticServer

  init() throws {
    session = try ServingSession(try #require(node), SessionOptions())
    server = ElasticServer(session: session)
  }

  private func target(_ index: String? = nil, _ prepare: (inout ElasticOptions) -> Void = { _ in })
    -> ElasticTarget
  {
    var options = ElasticOptions()
    prepare(&options)
    return ElasticTarget(
      "elasticsearch+\(session.base)/\(index ?? name)", index: index ?? name, session, options)
  }

  private func create(_ index: String, _ body: String = "{}") throws {
    let own = #"{"settings":{"number_of_replicas":0,"number_of_shards":2}}"#
    _ = try server.ask("PUT", "/\(index)", try JSONValue.parse(body == "{}" ? own : body), verb: "create")
  }

  private func alias(_ actions: String) throws {
    _ = try server.ask("POST", "/_aliases", try JSONValue.parse(#"{"actions":[\#(actions)]}"#), verb: "swap")
  }

  private func indexes(_ prefix: String) throws -> [String] {
    let answer = try server.ask("GET", "/\(prefix)*/_alias?expand_wildcards=all", verb: "list")
    return (answer.members ?? []).map(\.key).sorted()
  }

  private var later: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970) + 3600) }

  /// `id:document` of each, sorted.
  private func documents(_ index: String? = nil) throws -> [String] {
    _ = try server.ask("POST", "/\(index ?? name)/_refresh", verb: "refresh")
    let answer = try server.ask("GET", "/\(index ?? name)/_search?size=10000", verb: "search")
    return (answer["hits"]?["hits"]?.array ?? []).map {
      "\($0["_id"]?.string ?? "?"):\($0["_source"]?.text ?? "?")"
    }
    .sorted()
  }

  private func group(_ name: String, _ documents: [String: String?]) -> GroupChange {
    GroupChange(
      group: Array(name.utf8),
      documents: documents.sorted { $0.key < $1.key }.map {
        DocumentChange(id: Array($0.key.utf8), document: $0.value.map { Array($0.utf8) })
      })
  }

  private func exit(_ body: () throws -> Void) -> Exit? {
    do {
      try body()
      return nil
    } catch { return (error as? Failure)?.exit }
  }

  @Test func `Groups are put and deleted, again and again with the same outcome`() throws {
    try create(name)
    let target = target()
    let first = [
      group("g1", ["a1": #"{"x":1}"#, "a2": #"{"x":2}"#]), group("g2", ["b\"\\ü\n": #"{"t":"zeile\neins"}"#]),
    ]
    for _ in 0..<2 { #expect(try target.send(first, version: 3) == []) }
    #expect(try documents() == [#"a1:{"x":1}"#, #"a2:{"x":2}"#, "b\"\\ü\n:{\"t\":\"zeile\\neins\"}"])
    let second = [group("g1", ["a1": #"{"x":9}"#, "a2": nil, "gone": nil])]
    for _ in 0..<2 { #expect(try target.send(second, version: 4) == []) }
    #expect(try documents() == [#"a1:{"x":9}"#, "b\"\\ü\n:{\"t\":\"zeile\\neins\"}"])
    try target.commit()
    #expect(try target.documents() == 2)
  }

  @Test func `A document that is refused is named, and the others are there`() throws {
    try create(name, #"{"mappings":{"properties":{"price":{"type":"double"}}}}"#)
    let long = String(repeating: "i", count: 513)
    let rejections = try target().send(
      [
        group("g", ["1": #"{"price":1}"#, "2": #"{"price":"dear"}"#, "3": #"{"price":{"a":1}}"#]),
        group("h", ["4": #"{"price":4}"#, long: "{}", "": "{}", long + "x": nil]),
      ], version: 1)
    #expect(Set(rejections.map { String(decoding: $0.id, as: UTF8.self).count }) == [1, 513, 0])
    let reason = try #require(rejections.first { $0.id == Array("2".utf8) }).reason
    #expect(reason.contains("price") && reason.contains("dear"))
    #expect(try documents() == [#"1:{"price":1}"#, #"4:{"price":4}"#])
  }

  @Test func `The state is in the mapping, beside what others have there`() throws {
    try create(
      name, #"{"mappings":{"_meta":{"team":"ads","freshet":null},"properties":{"x":{"type":"long"}}}}"#)
    let one = target()
    #expect(try one.state() == nil)
    var state = TargetState(taken: .init(generation: 4, index: ["s3://b/i/generations/4-ü.json"]))
    state.lineage = String(repeating: "a", count: 32)
    (state.position, state.shared) = ("2026-05-04T10:05:00Z", true)
    state.begin(.init(generation: 5, index: ["x", "y"]))
    try one.set(state)
    #expect(try target().state() == state)
    state.end()
    try one.set(state)
    #expect(try target().state() == state)
    let mapping = try server.ask("GET", "/\(name)/_mapping", verb: "read")[name]?["mappings"]
    #expect(mapping?["_meta"]?["team"]?.string == "ads")
    #expect(mapping?["properties"]?["x"] != nil)
  }

  @Test func `A state that this version does not know is left alone`() throws {
    try create(name, #"{"mappings":{"_meta":{"freshet":{"format":99}}}}"#)
    #expect(exit { _ = try target().state() } == .badData)
    #expect(exit { try target().set(TargetState(taken: .init(generation: 1, index: ["x"]))) } == .badData)
  }

  @Test func `Of two publishers at once the later one is overtaken, and nothing of the newer is lost`() throws
  {
    try create(name)
    let (old, new) = (target(), target())
    var state = TargetState(taken: .init(generation: 4, index: ["4"]))
    try old.set(state)
    _ = try new.state()
    state.begin(.init(generation: 5, index: ["5"]))
    try old.set(state)
    #expect(exit { try new.set(state) } == nil, "the same state is nobody else's")
    #expect(try new.state() == state)
    state.begin(.init(generation: 6, index: ["6"]))
    try new.set(state)
    #expect(try new.send([group("g", ["a": #"{"x":6}"#, "b": nil])], version: 6) == [])
    #expect(exit { _ = try old.send([group("g", ["a": #"{"x":5}"#])], version: 5) } == .tryAgain)
    #expect(exit { _ = try old.send([group("g", ["b": #"{"x":5}"#])], version: 5) } == .tryAgain)
    #expect(try documents() == [#"a:{"x":6}"#])
    #expect(exit { try old.set(TargetState(taken: .init(generation: 5, index: ["5"]))) } == .tryAgain)
    #expect(try target().state() == state)
  }

  @Test func `What comes late, where the node has forgotten what was deleted, is put right by the next run`()
    throws
  {
    try create(name, #"{"settings":{"number_of_replicas":0,"index.gc_deletes":"0s"}}"#)
    let told = try TargetPublisherTests.Told(17)
    func publish(_ number: Int, to target: any ServingTarget) throws {
      try TargetPublisherTests().publish(try told.offer(number), to: target) {
        $0.largestRequest = 5 << 20
      }
    }
    try publish(2, to: target())
    let late = LateTarget(target(), wire: target()) { try publish(8, to: target()) }
    #expect(exit { try publish(4, to: late) } == .tryAgain)
    let wanted = try told.documents(8).map { "\($0):\($1)" }.sorted()
    #expect(try documents() != wanted, "else this tests nothing")
    #expect(try target().state()?.begun.map(\.generation) == [4])
    try publish(8, to: target())
    #expect(try documents() == wanted)
    #expect(try target().state()?.begun.isEmpty == true)
  }

  @Test func `Versions of others are no obstacle`() throws {
    try create(name)
    let foreign = target()
    _ = try foreign.send(
      [group("g", ["a": #"{"x":0}"#, "b": #"{"x":0}"#, "c": #"{"x":0}"#])], version: 812)
    let target = target()
    _ = try target.state()
    for generation in 1...2 {
      let change = group(
        "g", ["a": #"{"x":\#(generation)}"#, "b": generation == 1 ? nil : #"{"x":2}"#, "d": "{}"])
      #expect(try target.send([change], version: generation) == [])
    }
    #expect(try documents() == [#"a:{"x":2}"#, #"b:{"x":2}"#, #"c:{"x":0}"#, "d:{}"])
  }

  @Test func `All ids are told, each once`() throws {
    try create(name)
    let target = target()
    let ids = Set((0..<12_345).map { "id\($0)" })
    let all = ids.sorted().map { group($0, [$0: "{}"]) }
    for start in stride(from: 0, to: all.count, by: 5000) {
      #expect(try target.send(Array(all[start..<min(start + 5000, all.count)]), version: 1) == [])
    }
    var told: [String] = []
    try target.forEachID { told.append(String(decoding: $0, as: UTF8.self)) }
    #expect(told.count == ids.count)
    #expect(Set(told) == ids)
    #expect(try target.documents() == ids.count)
    let open = try server.ask("GET", "/_nodes/stats/indices/search", verb: "read")["nodes"]?.members?.first?
      .value
    #expect(open?["indices"]?["search"]?["scroll_current"]?.integer == 0)
    #expect(exit { try target.forEachID { _ throws(Failure) in throw Failure(.io, "enough") } } == .io)
    let after = try server.ask("GET", "/_nodes/stats/indices/search", verb: "read")["nodes"]?.members?.first?
      .value
    #expect(after?["indices"]?["search"]?["scroll_current"]?.integer == 0)
  }

  @Test func `A name that stands for nothing, or for several, is told so`() throws {
    #expect(exit { _ = try target().state() } == .noInput)
    for suffix in ["x", "y"] {
      try create(name + suffix)
      try alias(#"{"add":{"index":"\#(name + suffix)","alias":"\#(name)"}}"#)
    }
    #expect(exit { _ = try target().state() } == .configuration)
    try alias(#"{"add":{"index":"\#(name)y","alias":"\#(name)","is_write_index":true}}"#)
    _ = try target().send([group("g", ["a": "{}"])], version: 1)
    #expect(try documents(name + "y") == ["a:{}"])
    try create(name + "z")
    try alias(#"{"add":{"index":"\#(name)z","alias":"\#(name)routed","routing":"r"}}"#)
    #expect(exit { _ = try target(name + "routed").state() } == .configuration)
  }

  @Test func `An index beside is like the one that is read, is swapped in, and collected when it is old`()
    throws
  {
    try create(
      name + "-first",
      #"{"settings":{"number_of_shards":3,"number_of_replicas":0,"refresh_interval":"7s","analysis":{"analyzer":{"w":{"type":"whitespace"}}}},"mappings":{"_meta":{"team":"ads","freshet":\#(TargetState(taken: .nothing).json.text)},"properties":{"t":{"type":"text","analyzer":"w"}}}}"#
    )
    try alias(#"{"add":{"index":"\#(name)-first","alias":"\#(name)","filter":{"exists":{"field":"t"}}}}"#)
    let target = target()
    var names = [name + "-first"]
    for generation in 2...4 {
      #expect(try target.state() != nil)
      let fresh = try #require(try target.beside(generation: generation) as? ElasticTarget)
      #expect(try fresh.state() == nil)
      let index = fresh.title
      #expect(index.hasPrefix("\(name)-\(generation)-"))
      var found = try server.ask("GET", "/\(index)", verb: "read")[index]
      #expect(found?["settings"]?["index"]?["number_of_shards"]?.string == "3")
      #expect(found?["settings"]?["index"]?["refresh_interval"]?.string == "-1")
      #expect(found?["mappings"]?["_meta"]?.text == #"{"freshet-for":"\#(name)","team":"ads"}"#)
      #expect(found?["mappings"]?["properties"]?["t"]?["analyzer"]?.string == "w")
      #expect(try fresh.send([group("g", ["a\(generation)": #"{"t":"x"}"#])], version: generation) == [])
      try fresh.commit()
      #expect(try fresh.documents() == 1)
      try fresh.set(TargetState(taken: .init(generation: generation, index: ["x"])))
      _ = try target.swap(to: fresh)
      _ = try target.swap(to: fresh)
      found = try server.ask("GET", "/\(index)", verb: "read")[index]
      #expect(found?["settings"]?["index"]?["refresh_interval"]?.string == "7s")
      #expect(found?["aliases"]?[name]?["filter"] != nil)
      #expect(try documents() == [#"a\#(generation):{"t":"x"}"#])
      names.append(index)
    }
    #expect(try target.collect(keep: 1, madeBy: later, dryRun: true) == [names[1]])
    #expect(try target.collect(keep: 5, madeBy: later, dryRun: false) == [])
    #expect(try target.collect(keep: 0, madeBy: later - 7200, dryRun: false) == [])
    #expect(try target.collect(keep: 0, madeBy: later, dryRun: false) == [names[2], names[1]])
    #expect(try target.collect(keep: 0, madeBy: later, dryRun: false) == [])
    #expect(try documents() == [#"a4:{"t":"x"}"#])
    #expect(try server.find("GET", "/\(names[0])", verb: "read") != nil, "it is not one of ours")
  }

  @Test
  func `A base makes the name where there is none; an index of that name is in its way, unless by force`()
    throws
  {
    let target = target()
    let fresh = try target.beside(generation: 1)
    _ = try fresh.send([group("g", ["a": "{}"])], version: 1)
    try fresh.commit()
    _ = try target.swap(to: fresh)
    #expect(try documents() == ["a:{}"])
    try create(name + "x")
    let other = self.target(name + "x")
    #expect(exit { _ = try other.beside(generation: 1) } == .configuration)
    #expect(exit { _ = try other.swap(to: fresh) } == .configuration)
    #expect(try indexes(name + "x") == [name + "x"], "nothing is made that could not be swapped in")
    #expect(try documents(name + "x") == [])
    let forced = self.target(name + "x") { $0.force = true }
    #expect(try forced.state() == nil)
    let next = try #require(try forced.beside(generation: 2) as? ElasticTarget)
    _ = try forced.swap(to: next)
    #expect(try ElasticName(name + "x", other.found()).indexes.map(\.name) == [next.title])
  }

  @Test func `Of two bases that a name is of one stays, and its filter with it`() throws {
    let target = target()
    var names: [String] = []
    for generation in [3, 2] {
      let fresh = try #require(try target.beside(generation: generation) as? ElasticTarget)
      try fresh.set(TargetState(taken: .init(generation: generation, index: ["x"])))
      names.append(fresh.title)
    }
    try create(name + "-other")
    for index in names {
      try alias(
        #"{"add":{"index":"\#(index)","alias":"\#(name)","filter":{"exists":{"field":"t"}}}}"#)
    }
    #expect(try self.target().state()?.taken.generation == 3)
    let left = try server.ask("GET", "/\(name)/_alias", verb: "read")
    #expect(left.members?.map(\.key) == [names[0]])
    #expect(left[names[0]]?["aliases"]?[name]?["filter"] != nil)
    // With an index that is none of ours, too, it is one to be written to that is missing.
    try alias(
      (names + [name + "-other"]).map { #"{"add":{"index":"\#($0)","alias":"\#(name)"}}"# }.joined(
        separator: ","))
    #expect(exit { _ = try self.target().state() } == .configuration)
    #expect(
      try Set((server.ask("GET", "/\(name)/_alias", verb: "read").members ?? []).map(\.key)) == [
        names[0], name + "-other",
      ])
  }

  @Test func `Of an alias of several indexes a base takes the place of the one that is written to`() throws {
    for (index, isWritten) in [("old", false), ("live", true)] {
      let aliases = #"{"aliases":{"\#(name)":{"is_write_index":\#(isWritten)}}}"#
      try create("\(name)-\(index)", aliases)
    }
    _ = try server.ask(
      "PUT", "/\(name)-old/_doc/precious?refresh=true", try JSONValue.parse("{}"), verb: "put")
    let target = target()
    _ = try target.state()
    let fresh = try #require(try target.beside(generation: 1) as? ElasticTarget)
    _ = try fresh.send([group("g", ["a": "{}"])], version: 1)
    try fresh.commit()
    _ = try target.swap(to: fresh)
    #expect(
      try Set(ElasticName(name, target.found()).indexes.map(\.name)) == ["\(name)-old", fresh.title])
    #expect(try target.documents() == 1)
    let all = try server.ask("GET", "/\(name)/_count", verb: "count")
    #expect(all["count"]?.integer == 2)
  }

  @Test
  func
    `An index that is none of ours is not collected, whatever it is called; one that is being filled, when it is old`()
    throws
  {
    let others = ["\(name)-20240501-abcdef", "\(name)-1-abcdef"]
    for other in others {
      _ = try server.ask("PUT", "/\(other)/_doc/1", try JSONValue.parse(#"{"precious":1}"#), verb: "put")
    }
    try create(name)
    #expect(try target().collect(keep: 0, madeBy: later, dryRun: false) == [])
    #expect(try indexes(name) == [name] + others.reversed())
    // Made for another name.
    let fresh = try #require(try target(name + "-1").beside(generation: 1) as? ElasticTarget)
    #expect(try target().collect(keep: 0, madeBy: later, dryRun: false) == [])
    // One that is being filled is not kept for being new, but for being young.
    #expect(try target(name + "-1").collect(keep: 9, madeBy: later - 7200, dryRun: false) == [])
    #expect(try target(name + "-1").collect(keep: 9, madeBy: later, dryRun: false) == [fresh.title])
  }

  @Test(arguments: [true, false])
  func `An index that is removed while it is filled is not made anew by what is sent`(_ isMade: Bool) throws {
    let target = target()
    let fresh = try #require(try target.beside(generation: 1) as? ElasticTarget)
    #expect(try fresh.send([group("g", ["a": "{}"])], version: 1) == [])
    _ = try server.ask("DELETE", "/\(fresh.title)", verb: "remove")
    if isMade { try create(fresh.title) }
    #expect(exit { _ = try fresh.send([group("g", ["b": "{}"])], version: 1) } == .noInput)
    #expect(exit { try fresh.commit() } == .noInput)
    if isMade { try create(fresh.title) }
    #expect(exit { try fresh.set(TargetState(taken: .init(generation: 1, index: ["x"]))) } == .noInput)
    #expect(try server.find("GET", "/\(fresh.title)", verb: "find") == nil)
  }

  @Test(arguments: [
    #""index":{"number_of_shards":2,"refresh_interval":"9s"}"#,
    #""number_of_shards":2,"index.refresh_interval":"9s""#, #""number_of_shards":2,"refresh_interval":"9s""#,
  ])
  func `Settings of one's own are a file`(_ settings: String) throws {
    let file = FileManager.default.temporaryDirectory.path + "/freshet-\(name).json"
    try #"{"settings":{\#(settings)},"mappings":{"dynamic":"strict"}}"#
      .write(toFile: file, atomically: true, encoding: .utf8)
    let fresh = try #require(try target { $0.settings = file }.beside(generation: 1) as? ElasticTarget)
    #expect(try fresh.send([group("g", ["a": #"{"t":1}"#])], version: 1).count == 1)
    try fresh.commit()
    let index = fresh.title
    let found = try server.ask("GET", "/\(index)", verb: "read")[index]
    #expect(found?["settings"]?["index"]?["number_of_shards"]?.string == "2")
    #expect(found?["settings"]?["index"]?["refresh_interval"]?.string == "9s")
    try "[]".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(exit { _ = try target { $0.settings = file }.beside(generation: 1) } == .configuration)
    #expect(exit { _ = try target { $0.settings = "/nowhere" }.beside(generation: 1) } == .noInput)
  }

  @Test func `Readers see one generation or the next, whole, while aliases are swapped`() throws {
    let target = target()
    func publish(_ generation: Int) throws {
      if generation > 1 { _ = try target.state() }
      let fresh = try target.beside(generation: generation)
      let groups = (0..<20).map { group("g\($0)", ["\($0)": #"{"generation":\#(generation)}"#]) }
      #expect(try fresh.send(groups, version: generation) == [])
      try fresh.commit()
      try fresh.set(TargetState(taken: .init(generation: generation, index: ["x"])))
      _ = try target.swap(to: fresh)
      _ = try target.collect(keep: 1, madeBy: later, dryRun: false)
    }
    try publish(1)
    let seen = Monitor<(isOver: Bool, answers: [Set<String>], wrong: [String])>((false, [], []))
    let reader = Worker.start {
      while !seen.change({ $0.isOver }) {
        do {
          let hits =
            try server.ask("GET", "/\(name)/_search?size=100", verb: "search")["hits"]?["hits"]?.array ?? []
          let generations = Set(hits.map { $0["_source"]?.text ?? "?" })
          seen.change {
            $0.answers.append(generations)
            if hits.count != 20 || generations.count != 1 {
              $0.wrong.append("\(hits.count) of \(generations)")
            }
          }
        } catch { seen.change { $0.wrong.append("\(error)") } }
      }
    }
    let swaps = Sample.rounds(quick: 5, full: 10, long: 100)
    for generation in 2...swaps { try publish(generation) }
    seen.change { $0.isOver = true }
    reader?.join()
    #expect(seen.change { $0.wrong } == [])
    #expect(Set(seen.change { $0.answers }).count >= swaps / 2)
  }
}
