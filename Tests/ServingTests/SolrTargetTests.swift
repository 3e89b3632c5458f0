import Changes
import Failures
import Foundation
import JSON
import Partitions
import Testing

@testable import Serving

/// A collection of the double of Solr, spoken with as index-publish does. Not tested: a real Solr (the double says what it was
/// written from), TLS, credentials, and a busy server (SessionTests).
@Suite(.enabled(if: ServiceDouble.isThere, "there is no python3")) struct SolrTargetTests {
  private func target(
    _ double: ServiceDouble, _ name: String = "ads", _ prepare: (inout SolrOptions) -> Void = { _ in }
  )
    throws -> SolrTarget
  {
    var options = SessionOptions()
    options.patience = 1
    // The double lives as long as whoever speaks with it.
    options.note = { _ in withExtendedLifetime(double) {} }
    var solr = SolrOptions()
    prepare(&solr)
    return try #require(
      try Targets.open("solr+\(double.url)/solr/\(name)", options, solr: solr) as? SolrTarget)
  }

  private func double() throws -> ServiceDouble {
    try ServiceDouble("solr", "--collection", "ads-1:shop:2:3", "--alias", "ads=ads-1")
  }

  /// `a1`, its group's first letter, and a member of its own; a price of "x" is refused by Solr.
  private func add(_ id: String, price: String = "1") -> DocumentChange {
    DocumentChange(id: Array(id.utf8), document: Array(#"{"id":"\#(id)","price":\#(price)}"#.utf8))
  }

  private func delete(_ id: String) -> DocumentChange { DocumentChange(id: Array(id.utf8), document: nil) }

  private func group(_ documents: DocumentChange...) -> GroupChange {
    GroupChange(group: Array("g".utf8), documents: documents)
  }

  private func ids(_ target: any ServingTarget) throws -> [String] {
    var ids: [String] = []
    try target.forEachID { ids.append(String(decoding: $0, as: UTF8.self)) }
    return ids
  }

  private func state(_ generation: Int) -> TargetState {
    let index = ["s3://b/i/generations/é%20%25.json"]
    var state = TargetState(taken: .init(generation: generation, index: index))
    state.lineage = String(repeating: "0f", count: 16)
    state.position = "2026-05-04T10:05:00Z"
    return state
  }

  @Test func `Groups go in one request, deletes and adds of each together, and are seen after the commit`()
    throws
  {
    let double = try double()
    let target = try target(double)
    #expect(
      try target.send(
        [group(add("a1"), delete("a2"), delete("a\"3"), add("a4")), group(delete("b1"))], version: 2) == []
    )
    let sent = try double.requests("/update")
    #expect(sent.map(\.line) == ["POST /solr/ads-1/update"])
    #expect(
      sent.first?.body
        == #"{"delete":["a2","a\"3"],"add":{"doc":{"id":"a1","price":1}},"add":{"doc":{"id":"a4","price":1}},"delete":["b1"]}"#
    )
    #expect(try target.documents() == 0)
    try target.commit()
    #expect(try target.documents() == 2)
    #expect(try target.send([group(delete("a1"))], version: 3) == [])
    #expect(try ids(target) == ["a4"])
  }

  @Test func `What Solr refuses is found, and all the rest arrives`() throws {
    let double = try double()
    let target = try target(double)
    let bad = [0, 7, 8, 30, 31].map { "k\($0)" }
    let changes = (0..<32).map { n in add("k\(n)", price: bad.contains("k\(n)") ? #""x""# : "1") }
    let groups = [GroupChange(group: [], documents: Array(changes[..<3]))] + changes[3...].map { group($0) }
    let rejections = try target.send(groups, version: 1)
    #expect(rejections.map { String(decoding: $0.id, as: UTF8.self) }.sorted() == bad.sorted())
    #expect(rejections.first?.reason.contains("Error adding field 'price'='x'") == true)
    try target.commit()
    #expect(Set(try ids(target)) == Set((0..<32).map { "k\($0)" }).subtracting(bad))
  }

  @Test func `A collection that passes over what it refuses is believed to have the rest`() throws {
    let double = try ServiceDouble("solr", "--collection", "ads", "--tolerant")
    let target = try target(double)
    let rejections = try target.send([group(add("a1"), add("a2", price: #""x""#), add("a3"))], version: 1)
    #expect(rejections.map(\.id) == [Array("a2".utf8)])
    #expect(try ids(target) == ["a1", "a3"])
    #expect(try double.requests("/update").count == 2)
  }

  @Test(
    arguments: [
      (200, "<html>a page</html>", .badData, "this is no answer of Solr"),
      (200, "hello", .badData, "this is no answer of Solr: hello"),
      (200, #"{"responseHeader":{"status":1}}"#, .badData, "its status is 1"),
      (200, #"{"responseHeader":{"status":0},"failure":{"n":"full"}}"#, .tryAgain, #"{"n":"full"}"#),
      (404, "<html>404</html>", .noInput, "there is none of that name (404)"),
      (400, #"{"error":{"msg":"no such field"}}"#, .configuration, "400 no such field"),
      (409, #"{"error":{"msg":"version conflict"}}"#, .configuration, "409 version conflict"),
      (500, #"{"error":{"msg":"no room"}}"#, .tryAgain, "500 no room"),
    ] as [(Int, String, Exit, String)])
  func `An answer that is none is told in a whole sentence`(
    status: Int, body: String, exit: Exit, reason: String
  ) {
    let error = #expect(throws: Failure.self) {
      try SolrServer.answer(ServingAnswer(status: status, body: Array(body.utf8)), to: "update", "ads")
    }
    #expect(error?.message == "cannot update ads: \(reason)" && error?.exit == exit)
  }

  @Test func `A request that is too large is sent in halves`() throws {
    let double = try ServiceDouble("solr", "--collection", "ads", "--most-bytes", "100")
    let target = try target(double)
    #expect(
      try target.send([group(add("a1"), add("a2"), add("a3"), add("a4"), add("a5"))], version: 1) == [])
    #expect(try ids(target) == ["a1", "a2", "a3", "a4", "a5"])
    let long = add("long", price: String(repeating: "1", count: 100))
    #expect(try target.send([group(long, add("a6"))], version: 1).map(\.id) == [Array("long".utf8)])
  }

  @Test func `What Solr would take for something else is refused before`() throws {
    let double = try double()
    let target = try target(double)
    func document(_ text: String) -> DocumentChange {
      DocumentChange(id: Array("a1".utf8), document: Array(text.utf8))
    }
    for text in [#"{"id":"a1","price":{"inc":1}}"#, #"{"id":"a1","offers":[{"id":"c1"}]}"#] {
      #expect(
        try target.send([group(document(text), add("a2"))], version: 1).map(\.id) == [Array("a1".utf8)])
    }
    for text in [#"{"price":1}"#, #"{"id":"a2"}"#, #"{"other":["id","a1"]}"#, #"{"\u0069d2":"a1"}"#] {
      let failure = #expect(throws: Failure.self) { try target.send([group(document(text))], version: 1) }
      #expect(failure?.exit == .configuration)
      #expect(failure?.message.contains("unique key is id") == true)
    }
    #expect(try target.send([group(document(#"{"\u0069d":"\u00611","x":["a","b"]}"#))], version: 1) == [])
    #expect(try ids(target) == ["a1", "a2"])
  }

  @Test func `The state is a property of the alias, and of the collection that it stands for`() throws {
    let double = try double()
    let target = try target(double)
    #expect(try target.state() == nil)
    try target.set(state(1))
    #expect(try target.state() == state(1))
    #expect(try self.target(double).state() == state(1))
    let fresh = try target.beside(generation: 2)
    #expect(try fresh.state() == nil)
    try fresh.set(state(2))
    #expect(try target.state() == state(1))
    _ = try target.swap(to: fresh)
    #expect(try target.state() == state(2))
  }

  @Test func `A state of any length is kept, as far as the cluster keeps it`() throws {
    let double = try double()
    let target = try target(double)
    var long = state(1)
    long.taken.index = ["/b/", "/d/"].map { $0 + String(repeating: "é", count: 2000) }
    try target.set(long)
    #expect(try target.state() == long)
    long.taken.index = [String(repeating: "x", count: 1 << 20)]
    #expect(throws: Failure.self) { try target.set(long) }
    #expect(try target.state()?.taken.index.count == 2)
  }

  @Test func `A plain collection has its state on an alias that is made for it, and can't be swapped`() throws
  {
    let double = try ServiceDouble("solr", "--collection", "ads")
    let target = try target(double)
    #expect(try target.state() == nil)
    #expect(try double.requests.filter { $0.query.contains("CREATEALIAS") } == [])
    try target.set(state(1))
    try target.set(state(2))
    #expect(try self.target(double).state() == state(2))
    #expect(try double.requests.filter { $0.query.contains("CREATEALIAS") }.count == 1)
    let failure = #expect(throws: Failure.self) { try target.beside(generation: 3) }
    #expect(failure?.exit == .configuration)
  }

  @Test func `A collection beside is like the one that is read, and takes its place`() throws {
    let double = try double()
    let target = try target(double)
    _ = try target.send([group(add("old"))], version: 1)
    try target.commit()
    let fresh = try target.beside(generation: 7)
    #expect(fresh.name.contains("/solr/ads-7-"))
    let created = try #require(try double.requests.last { $0.query.contains("action=CREATE&") })
    for part in ["collection.configName=shop", "numShards=2", "nrtReplicas=3", "router.name=compositeId"] {
      #expect(created.query.contains(part))
    }
    #expect(!created.query.contains("maxShardsPerNode"))
    _ = try fresh.send([group(add("new"), add("newer"))], version: 7)
    try fresh.commit()
    #expect(try fresh.documents() == 2)
    #expect(try target.documents() == 1)
    _ = try target.swap(to: fresh)
    #expect(try ids(target) == ["new", "newer"])
    let gone = try #require(try target.beside(generation: 8) as? SolrTarget)
    try target.server.command("DELETE", [("name", try #require(gone.made))], to: "delete", "it")
    let removed = #expect(throws: Failure.self) { try target.swap(to: gone) }
    #expect(removed?.exit == .tryAgain)
  }

  @Test func `Collections that we made and nobody reads are removed, but for the newest, and no other`()
    throws
  {
    let double = try ServiceDouble(
      "solr", "--collection", "ads-1-0000aa", "--collection", "ads-9", "--collection", "ads-20240501-abcdef",
      "--alias", "ads=ads-9")
    let target = try target(double)
    let later = Instant(seconds: Int64(Date().timeIntervalSince1970) + 3600)
    var made: [String] = []
    for generation in 1...4 {
      let fresh = try #require(try target.beside(generation: generation) as? SolrTarget)
      made.append(try #require(fresh.made))
      // The second of them is still being filled.
      if generation != 2 { try fresh.set(state(generation)) }
      let time = Instant(seconds: Int64(1_700_000_000 + generation)).description
      let place = try target.look()
      try target.server.command(
        "ALIASPROP", [("name", place.alias), ("property.\(SolrPlace.mark(of: made[generation - 1]))", time)],
        to: "be older", "it")
      if generation == 4 { _ = try target.swap(to: fresh) }
    }
    _ = try target.beside(generation: 5)
    func collect(keep: Int, madeBy: Int64, dryRun: Bool = false) throws -> [String] {
      try target.collect(keep: keep, madeBy: Instant(seconds: madeBy), dryRun: dryRun)
    }
    #expect(try collect(keep: 1, madeBy: 1_700_000_002, dryRun: true) == [made[1], made[0]])
    #expect(try collect(keep: 1, madeBy: 1_700_000_001) == [made[0]])
    #expect(try collect(keep: 1, madeBy: 1_700_000_009) == [made[1]])
    #expect(try collect(keep: 0, madeBy: 1_700_000_009) == [made[2]])
    #expect(try collect(keep: 0, madeBy: 1_700_000_009) == [])
    // Of two collectors at once the slower one finds that it is gone; one that is read by now stays.
    #expect(try target.remove(made[2], alias: "ads"))
    #expect(try !target.remove(made[3], alias: "ads"))
    #expect(try target.collect(keep: 9, madeBy: later, dryRun: false).count == 1)
    let left = try target.server.command("LIST", to: "list", "all")["collections"]?.array ?? []
    #expect(left.compactMap(\.string) == ["ads-1-0000aa", "ads-20240501-abcdef", made[3], "ads-9"].sorted())
    #expect(try target.look().made.map(\.name) == [made[3]])
  }

  @Test func `All the ids come, page by page`() throws {
    let double = try double()
    let target = try target(double)
    let wanted = (0..<4500).map { "id\($0)é" }
    _ = try target.send([GroupChange(group: [], documents: wanted.map { add($0) })], version: 1)
    let ids = try ids(target)
    #expect(ids.count == 4500)
    #expect(Set(ids) == Set(wanted))
  }

  @Test func `With commitWithin Solr is left to commit`() throws {
    let double = try double()
    let target = try target(double) { $0.commitWithin = 60_000 }
    _ = try target.send([group(add("a1"))], version: 1)
    try target.commit()
    #expect(try target.documents() == 0)
    #expect(try double.requests("/update").map(\.query).allSatisfy { $0.contains("commitWithin=60000") })
    #expect(try ids(target) == ["a1"])
  }

  @Test func `Another publisher is noticed, before it is written over`() throws {
    let double = try double()
    let (one, other) = (try target(double), try target(double))
    #expect(try one.state() == nil)
    #expect(try other.state() == nil)
    try one.set(state(1))
    #expect(try one.send([group(add("a1"))], version: 1) == [])
    let late = #expect(throws: Failure.self) { try other.send([group(add("a2"))], version: 1) }
    #expect(late?.exit == .tryAgain)
    let later = #expect(throws: Failure.self) { try other.set(state(2)) }
    #expect(later?.exit == .tryAgain)
    // The same thing said twice is no harm.
    try other.set(state(1))
    #expect(try ids(one) == ["a1"])
    let fresh = try one.beside(generation: 2)
    _ = try one.swap(to: fresh)
    let latest = #expect(throws: Failure.self) { try other.send([group(add("a2"))], version: 1) }
    #expect(latest?.exit == .tryAgain)
  }

  @Test
  func `Where versions are minded, what somebody else has changed since is refused, until it is forgotten`()
    throws
  {
    let double = try double()
    let folder =
      FileManager.default.temporaryDirectory.path + "/freshet-versions-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func publish(_ changes: DocumentChange...) throws -> [String] {
      let target = try target(double) { $0.versions = folder }
      let rejections = try target.send([GroupChange(group: [], documents: changes)], version: 1)
      try target.commit()
      return rejections.map { String(decoding: $0.id, as: UTF8.self) }
    }
    #expect(try publish(add("a"), add("b"), add("c"), add("d"), delete("e")) == [])
    #expect(try publish(add("a"), delete("b"), add("e")) == [])
    let somebody = try target(double)
    _ = try somebody.send([group(add("a"), add("b"), delete("c"), delete("d"), add("x"))], version: 1)
    #expect(try publish(add("a"), add("b"), add("c"), delete("d"), add("e"), add("x")) == ["a", "b", "c"])
    #expect(try publish(delete("a"), add("x")) == ["a"])
    #expect(try Set(ids(somebody)) == ["a", "b", "e", "x"])
    let file = "\(folder)/\(double.host),solr,ads-1.versions"
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    try lines.filter { !$0.hasPrefix("a\t") }.joined(separator: "\n").appending("\nx\t17").write(
      toFile: file, atomically: true, encoding: .utf8)
    #expect(try publish(delete("a"), add("x")) == [])
    #expect(try Set(ids(somebody)) == ["b", "e", "x"])
  }

  @Test func `Where versions are minded, two clusters have a file each`() throws {
    let doubles = [try double(), try double()]
    let folder =
      FileManager.default.temporaryDirectory.path + "/freshet-versions-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let targets = try doubles.map { try target($0) { $0.versions = folder } }
    for target in targets { #expect(try target.send([group(add("a"), add("b"))], version: 1) == []) }
    let somebody = try target(doubles[1])
    _ = try somebody.send([group(add("a", price: "3"))], version: 1)
    #expect(try targets[0].send([group(add("a", price: "2"))], version: 2) == [])
    let refused = try targets[1].send([group(add("a", price: "2"), add("b", price: "2"))], version: 2)
    #expect(refused.map(\.id) == [Array("a".utf8)])
  }

  @Test func `Beside a base that says what this version does not know, no other is made`() throws {
    let double = try double()
    let target = try target(double)
    let rival = try #require(try target.beside(generation: 3) as? SolrTarget)
    let (alias, made) = (try target.look().alias, try #require(rival.made))
    try target.server.command(
      "ALIASPROP", [("name", alias), ("property.\(SolrPlace.property(of: made))", #"{"format":99}"#)],
      to: "be of a later version", made)
    let failure = #expect(throws: Failure.self) { try target.beside(generation: 4) }
    #expect(failure?.exit == .badData)
    #expect(failure?.message.contains("freshet.\(made)") == true)
    #expect(try target.look().made.map(\.name) == [made])
  }

  @Test func `Where versions are minded, a document that Solr refuses takes no other with it`() throws {
    let double = try double()
    let folder =
      FileManager.default.temporaryDirectory.path + "/freshet-versions-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let target = try target(double) { $0.versions = folder }
    for _ in 1...2 {
      let changes = [add("a"), add("b", price: #""x""#), add("c"), delete("d"), add("e", price: #""x""#)]
      let rejections = try target.send([GroupChange(group: [], documents: changes)], version: 1)
      #expect(rejections.map(\.id) == [Array("b".utf8), Array("e".utf8)])
    }
    #expect(try ids(target) == ["a", "c"])
  }

  @Test func `What somebody changes while it is sent is refused by Solr, and the rest arrives`() throws {
    let double = try ServiceDouble("solr", "--collection", "ads", "--fault", "stale,path=/get,skip=3,count=1")
    let folder =
      FileManager.default.temporaryDirectory.path + "/freshet-versions-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let target = try target(double) { $0.versions = folder }
    let first = [group(add("a"), add("b"), add("c"))]
    #expect(try target.send(first, version: 1) == [])
    let second = [group(add("a", price: "2"), add("b", price: "2")), group(delete("c"))]
    let rejections = try target.send(second, version: 2)
    #expect(rejections.map(\.id) == [Array("a".utf8)])
    #expect(rejections.first?.reason.contains("409 version conflict for a") == true)
    #expect(try double.requests("/update").filter { $0.status == 409 }.count == 1)
    #expect(try ids(target) == ["a", "b"])
    // It was forgotten before it was sent, so it is not minded now.
    #expect(try target.send(second, version: 2) == [])
  }

  @Test func `A name that is not there, or is not one collection, is refused`() throws {
    let double = try ServiceDouble(
      "solr", "--collection", "a", "--collection", "b", "--alias", "both=a,b", "--alias", "a-freshet=b")
    for (name, exit) in [("nothing", Exit.noInput), ("both", .configuration), ("a", .configuration)] {
      let failure = #expect(throws: Failure.self) { try target(double, name).state() }
      #expect(failure?.exit == exit)
    }
  }

  @Test func `A Solr that is no SolrCloud is refused, with what can be done`() throws {
    let failure = #expect(throws: Failure.self) {
      try target(try ServiceDouble("solr", "--standalone", "--collection", "ads")).state()
    }
    #expect(failure?.exit == .configuration)
    #expect(failure?.message.contains("index-publish -") == true)
  }

  @Test func `A collection that is gone meanwhile is no input`() throws {
    let double = try ServiceDouble("solr", "--collection", "ads", "--collection", "b", "--alias", "c=b")
    let target = try target(double)
    _ = try target.state()
    try target.server.command("DELETE", [("name", "ads")], to: "delete", "ads")
    let failure = #expect(throws: Failure.self) { try target.send([group(add("a1"))], version: 1) }
    #expect(failure?.exit == .noInput)
    let page = #expect(throws: Failure.self) { try target.server.get("ads", "select", [], to: "read") }
    #expect(page?.exit == .noInput)
    #expect(page?.message == "cannot read ads: there is none of that name (404)")
  }

  @Test func `A schema with another key is refused`() throws {
    let target = try target(try ServiceDouble("solr", "--collection", "ads", "--unique-key", "sku"))
    let failure = #expect(throws: Failure.self) { try target.send([group(add("a1"))], version: 1) }
    #expect(failure?.exit == .configuration)
  }
}
