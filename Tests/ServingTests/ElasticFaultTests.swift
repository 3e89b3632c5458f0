import Changes
import Failures
import Foundation
import JSON
import Loopback
import Partitions
import Testing
import Threads

@testable import Serving

/// What a node does when it is busy, full or going down, and what comes of answers that are lost: by a server that says what a
/// test tells it to. What a healthy node answers is real in ElasticNodeTests. Not tested: a cluster whose nodes disagree.
@Suite struct ElasticFaultTests {
  /// The answers to `POST /i/_bulk`, one after the other, and what was sent; the rest is a healthy index `i`.
  private final class Node: Sendable {
    let bulks = Monitor<[[String]]>([])
    let asked = Monitor<[String]>([])
    let server: Loopback

    /// `answer`: to a request `POST /path` with that body, after so many of the kind; nil: as a healthy node does; empty: the connection is reset.
    init(_ answer: @escaping @Sendable (String, String, Int) -> (Int, String)?) throws {
      server = try Loopback { [bulks, asked] connection, _ in
        while let request = connection.request() {
          let line = request.line.split(separator: "?")[0]
          let number = asked.change { asked in
            asked.append(String(line))
            return asked.count { $0 == line } - 1
          }
          let body = String(decoding: request.body, as: UTF8.self)
          if line == "POST /i/_bulk" {
            bulks.change { $0.append(body.split(separator: "\n").map(String.init)) }
          }
          let (status, text) = answer(String(line), body, number) ?? Self.healthy(String(line), body)
          if status == 0 { return connection.reset() }
          connection.send("HTTP/1.1 \(status) X\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
      }
    }

    private static func healthy(_ line: String, _ body: String) -> (Int, String) {
      switch line {
      case "GET /i": (200, #"{"i":{"aliases":{}}}"#)
      case "POST /i/_bulk":
        (200, items(body.split(separator: "\n").filter { $0.contains("_id") }.map { _ in 200 }))
      default: (200, #"{"acknowledged":true,"_shards":{"failed":0}}"#)
      }
    }

    static func items(_ statuses: [Int]) -> String {
      let items = statuses.map {
        let error = #","error":{"type":"t\#($0)","reason":"because\n\#($0)"}"#
        return #"{"index":{"status":\#($0)\#($0 < 300 ? "" : error)}}"#
      }
      return #"{"items":[\#(items.joined(separator: ","))]}"#
    }

    func target(patience: Double = 5, isLook: Bool = false) throws -> ElasticTarget {
      var options = SessionOptions()
      options.patience = patience
      var elastic = ElasticOptions()
      elastic.isLook = isLook
      let session = try ServingSession(server.url, options)
      return ElasticTarget("elasticsearch+\(server.url)/i", index: "i", session, elastic)
    }

    /// The ids of each bulk.
    var sent: [[String]] {
      bulks.change { bulks in
        bulks.map { lines in
          lines.filter { $0.contains("_id") }.map { String($0.split(separator: "\"")[5]) }
        }
      }
    }
  }

  /// One group of each list of ids.
  private func groups(_ ids: [String]...) -> [GroupChange] {
    ids.map { ids in
      GroupChange(
        group: Array(ids[0].utf8),
        documents: ids.map { DocumentChange(id: Array($0.utf8), document: Array("{}".utf8)) })
    }
  }

  private func exit(_ body: () throws -> Void) -> Exit? {
    do {
      try body()
      return nil
    } catch { return (error as? Failure)?.exit }
  }

  @Test(arguments: [429, 503, 408, 502])
  func `Only the documents that have to wait are sent again`(status: Int) throws {
    let node = try Node { line, _, number in
      guard line == "POST /i/_bulk", number < 2 else { return nil }
      return (200, Node.items(number == 0 ? [201, status, 200, status] : [status, 200]))
    }
    #expect(try node.target().send(groups(["1", "2"], ["3", "4"]), version: 1) == [])
    #expect(node.sent == [["1", "2", "3", "4"], ["2", "4"], ["2"]])
  }

  @Test func `Documents that wait for longer than the patience are no success`() throws {
    let node = try Node { line, _, _ in line == "POST /i/_bulk" ? (200, Node.items([429])) : nil }
    let target = try node.target(patience: 0.3)
    #expect(exit { _ = try target.send(groups(["1"]), version: 1) } == .tryAgain)
    #expect(node.sent.count > 1)
  }

  @Test func `An overtaken publisher sends nothing more, whatever versions are left`() throws {
    let state = TargetState(taken: .init(generation: 3, index: ["/d/generations/3-x.json"])).json.text
    let node = try Node { line, _, number in
      guard line == "GET /i" else { return nil }
      return (200, #"{"i":{"mappings":{\#(number < 2 ? "" : #""_meta":{"freshet":\#(state)}"#)}}}"#)
    }
    let target = try node.target()
    #expect(try target.state() == nil)
    #expect(try target.send(groups(["1"]), version: 2) == [])
    #expect(exit { _ = try target.send(groups(["2"]), version: 2) } == .tryAgain)
    #expect(node.sent == [["1"]])
  }

  @Test func `A bulk is the lines that the format has`() throws {
    let node = try Node { _, _, _ in nil }
    let change = GroupChange(
      group: [],
      documents: [
        DocumentChange(id: Array("a\"\u{1}é".utf8), document: Array("{\"a\":\n1}".utf8)),
        DocumentChange(id: Array("b".utf8), document: nil),
      ])
    #expect(try node.target().send([change], version: 812) == [])
    #expect(
      node.bulks.change { $0 } == [
        [
          #"{"index":{"_id":"a\"\u0001é","version":812,"version_type":"external_gte"}}"#, #"{"a": 1}"#,
          #"{"delete":{"_id":"b","version":812,"version_type":"external_gte"}}"#,
        ]
      ])
  }

  @Test
  func
    `A bulk that is too large is halved between groups, then within one; a document that is too large is named`()
    throws
  {
    let node = try Node { line, body, _ in
      line == "POST /i/_bulk" && (body.contains("\"5\"") || body.utf8.count > 300) ? (413, "") : nil
    }
    let rejections = try node.target().send(groups(["1", "2", "3"], ["4"], ["5", "6"]), version: 1)
    #expect(rejections.map(\.id) == [Array("5".utf8)])
    #expect(
      node.sent == [
        ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4"], ["5", "6"], ["5"], ["6"],
      ])
  }

  @Test(arguments: [(403, Exit.permission), (401, .permission), (404, .noInput), (500, .unavailable)])
  func `What is no document's fault ends the publish`(status: Int, wanted: Exit) throws {
    let node = try Node { line, _, _ in line == "POST /i/_bulk" ? (200, Node.items([200, status])) : nil }
    let target = try node.target()
    #expect(exit { _ = try target.send(groups(["1", "2"]), version: 1) } == wanted)
  }

  @Test func `Reasons are one line`() throws {
    let node = try Node { line, _, _ in line == "POST /i/_bulk" ? (200, Node.items([400, 200, 400])) : nil }
    let rejections = try node.target().send(groups(["1", "2", "3"]), version: 1)
    #expect(rejections == ["1", "3"].map { Rejection(id: Array($0.utf8), reason: "t400: because 400") })
  }

  @Test(arguments: [
    (200, Node.items([200]), Exit.badData), (200, Node.items([200, 200, 200]), .badData),
    (200, "{}", .badData),
    (200, #"{"items":[{"index":{}},{}]}"#, .badData), (200, "<html>", .badData), (400, "{}", .badData),
    (404, "{}", .noInput), (500, "{}", .unavailable), (403, "{}", .permission),
  ])
  func `An answer that is none for what was sent is no success`(status: Int, text: String, wanted: Exit)
    throws
  {
    let node = try Node { line, _, _ in line == "POST /i/_bulk" ? (status, text) : nil }
    let target = try node.target()
    #expect(exit { _ = try target.send(groups(["1", "2"]), version: 1) } == wanted)
  }

  @Test func `A bulk whose answer is lost is sent again`() throws {
    let node = try Node { line, _, number in line == "POST /i/_bulk" && number < 2 ? (0, "") : nil }
    #expect(try node.target().send(groups(["1", "2"]), version: 1) == [])
    #expect(node.sent == [["1", "2"], ["1", "2"], ["1", "2"]])
  }

  @Test func `A later version of others is put aside as it is; one that is gone, without a version`() throws {
    let node = try Node { line, _, number in
      switch line {
      case "POST /i/_bulk" where number == 0: (200, Node.items([409, 200, 409]))
      case "POST /i/_mget": (200, #"{"docs":[{"_version":7,"found":true},{"found":false}]}"#)
      default: nil
      }
    }
    let target = try node.target()
    _ = try target.state()
    #expect(try target.send(groups(["1", "2", "3"]), version: 3) == [])
    #expect(
      node.bulks.change { $0[1].filter { $0.contains("_id") } } == [
        #"{"index":{"_id":"1","version":7,"version_type":"external_gte"}}"#, #"{"index":{"_id":"3"}}"#,
      ])
  }

  @Test func `A state that was not acknowledged, or that is another's by then, is not set`() throws {
    let state = TargetState(taken: .init(generation: 1, index: ["x"]))
    var node = try Node { line, _, _ in line == "PUT /i/_mapping" ? (200, #"{"acknowledged":false}"#) : nil }
    #expect(exit { try node.target().set(state) } == .tryAgain)
    node = try Node { line, _, number in
      let other = TargetState(taken: .init(generation: 1, index: ["y"])).json.text
      return line == "GET /i" && number > 0
        ? (200, #"{"i":{"mappings":{"_meta":{"freshet":\#(other)}}}}"#) : nil
    }
    #expect(exit { try node.target().set(state) } == .tryAgain)
  }

  @Test(arguments: [
    (#""hits":{"total":{"value":3},"hits":[{"_id":"1"},{"_id":"2"}]}"#, Exit.tryAgain),
    (#""timed_out":true,"hits":{"total":{"value":0},"hits":[]}"#, .unavailable),
    (#""_shards":{"failed":1},"hits":{"total":{"value":0},"hits":[]}"#, .unavailable),
    (#""hits":{"hits":[]}"#, .badData),
  ])
  func `A listing that is not whole is no listing, and is closed`(page: String, wanted: Exit) throws {
    let node = try Node { line, _, number in
      switch line {
      case "POST /i/_search": (200, "{\"_scroll_id\":\"s\",\(page)}")
      case "POST /_search/scroll": (200, #"{"_scroll_id":"s","hits":{"total":{"value":3},"hits":[]}}"#)
      default: nil
      }
    }
    let target = try node.target()
    #expect(exit { try target.forEachID { _ in } } == wanted)
    #expect(wanted == .badData || node.asked.change { $0.last } == "DELETE /_search/scroll")
  }

  @Test func `A listing that the server forgot is asked for another time`() throws {
    let node = try Node { line, _, _ in
      switch line {
      case "POST /i/_search": (200, #"{"_scroll_id":"s","hits":{"total":{"value":2},"hits":[{"_id":"1"}]}}"#)
      case "POST /_search/scroll": (404, "{}")
      default: nil
      }
    }
    let target = try node.target()
    #expect(exit { try target.forEachID { _ in } } == .tryAgain)
  }

  @Test func `A swap whose answer is lost is found to be done`() throws {
    let node = try Node { line, _, number in
      switch line {
      case "POST /_aliases": number == 0 ? (0, "") : (404, #"{"error":"aliases [i] missing"}"#)
      case "GET /i":
        (200, number < 2 ? #"{"old":{"aliases":{"i":{}}}}"# : #"{"new":{"aliases":{"i":{}}}}"#)
      default: nil
      }
    }
    let target = try node.target()
    _ = try target.state()
    let fresh = ElasticTarget("new", index: "new", target.server, ElasticOptions(), interval: .null)
    #expect(try target.swap(to: fresh) == nil)
    #expect(node.asked.change { $0.count { $0 == "POST /_aliases" } } == 2)
  }

  @Test func `A swap that is refused is a failure; one that never lasts, too`() throws {
    var node = try Node { line, _, _ in
      switch line {
      case "POST /_aliases": (400, #"{"error":{"type":"t","reason":"no"}}"#)
      case "GET /i": (200, #"{"old":{"aliases":{"i":{}}}}"#)
      default: nil
      }
    }
    func swap() throws {
      let target = try node.target()
      _ = try target.state()
      _ = try target.swap(
        to: ElasticTarget("new", index: "new", target.server, ElasticOptions(), interval: .null))
    }
    #expect(exit(swap) == .badData)
    node = try Node { line, _, _ in
      line == "GET /i" ? (200, #"{"old":{"aliases":{"i":{}}}}"#) : nil
    }
    #expect(exit(swap) == .tryAgain)
  }

  @Test func `A name that is another index's by now is neither published to nor swapped`() throws {
    let node = try Node { line, _, number in
      switch line {
      case "GET /i": (200, #"{"\#(number == 0 ? "a" : "b")":{"aliases":{"i":{}}}}"#)
      default: nil
      }
    }
    let target = try node.target()
    #expect(try target.state() == nil)
    #expect(exit { _ = try target.send(groups(["1"]), version: 1) } == .tryAgain)
    #expect(exit { try target.set(TargetState(taken: .init(generation: 1, index: ["x"]))) } == .tryAgain)
    let fresh = ElasticTarget("new", index: "new", target.server, ElasticOptions(), interval: .null)
    #expect(exit { _ = try target.swap(to: fresh) } == .tryAgain)
    #expect(node.asked.change { $0.allSatisfy { $0.hasPrefix("GET") } })
    // Whoever asks anew is told of the other one.
    #expect(try target.state() == nil)
    #expect(try target.index() == "b")
  }

  /// A node before 7.9 whose alias `i` is of the indexes of `alias`, each made for it, with the generation that it has taken.
  private func node(
    _ alias: Monitor<[String]>, taken: [String: Int], _ rest: String = "{}",
    meanwhile: @escaping @Sendable () -> Void = {}
  ) throws -> Node {
    try Node { line, body, number in
      switch line {
      case "GET /i":
        let indexes = alias.change { $0 }.map { index in
          let state = TargetState(taken: .init(generation: taken[index] ?? 0, index: ["x"])).json.text
          let mappings = #"{"_meta":{"freshet-for":"i","freshet":\#(state)}}"#
          return #""\#(index)":{"aliases":{"i":\#(rest)},"mappings":\#(mappings)}"#
        }
        return (200, "{\(indexes.joined(separator: ","))}")
      case "POST /_aliases" where body.contains("must_exist"):
        return (400, #"{"error":{"type":"x_content_parse_exception","reason":"unknown field [must_exist]"}}"#)
      case "POST /_aliases":
        if number <= 1 { meanwhile() }
        for action in (try? JSONValue.parse(body))?["actions"]?.array ?? [] {
          let (added, removed) = (action["add"]?["index"]?.string, action["remove"]?["index"]?.string)
          alias.change { alias in
            alias.removeAll { $0 == added || $0 == removed }
            if let added { alias.append(added) }
          }
        }
        return nil
      default: return nil
      }
    }
  }

  @Test(
    arguments: [nil, "old"], [("i-7-bbbbbb", 7), ("i-7-dddddd", 7), ("i-7-bbbbbb", 9), ("i-7-dddddd", 2)])
  func `Of two bases that are swapped in at once the one that has taken more stays, else the later name`(
    old: String?, rival: (name: String, taken: Int)
  ) throws {
    let name = "i-7-cccccc"
    let alias = Monitor(old.map { [$0] } ?? [])
    let node = try node(alias, taken: [name: 7, rival.name: rival.taken]) {
      alias.change { if !$0.contains(name) { $0 = [rival.name] } }
    }
    let target = try node.target()
    if old != nil { _ = try target.state() }
    let fresh = ElasticTarget(name, index: name, target.server, ElasticOptions(), interval: .null)
    let isFirst = (rival.taken, rival.name) > (7, name)
    #expect(exit { _ = try target.swap(to: fresh) } == (isFirst ? .tryAgain : nil))
    #expect(alias.change { $0 } == [isFirst ? rival.name : name])
  }

  @Test func `Whoever meets two bases that were swapped in reads the one that stays`() throws {
    let alias = Monitor(["i-7-a", "i-8-b", "i-8-a"])
    let node = try node(alias, taken: ["i-7-a": 9, "i-8-b": 8, "i-8-a": 8])
    #expect(try node.target(isLook: true).state()?.taken.generation == 9)
    #expect(alias.change { $0 } == ["i-7-a", "i-8-b", "i-8-a"])
    #expect(node.asked.change { $0.allSatisfy { $0.hasPrefix("GET ") } })
    #expect(try node.target().state()?.taken.generation == 9)
    #expect(alias.change { $0 } == ["i-7-a"])
  }

  @Test func `Of two bases of which one says what this version does not know, none is taken away`() throws {
    let alias = Monitor(["i-7-a", "i-8-b"])
    let node = try node(alias, taken: ["i-7-a": 7, "i-8-b": -1])
    #expect(exit { _ = try node.target().state() } == .badData)
    #expect(alias.change { $0 } == ["i-7-a", "i-8-b"])
  }

  @Test func `Where a write index is named, nothing is taken from an alias`() throws {
    let alias = Monitor(["i-7-a", "i-8-b"])
    let node = try node(alias, taken: [:], #"{"is_write_index":true}"#)
    #expect(exit { _ = try node.target().state() } == .configuration)
    #expect(alias.change { $0.count } == 2)
  }

  @Test func `A server that does not know must_exist is asked without it`() throws {
    let node = try Node { line, body, number in
      switch line {
      case "GET /i" where number == 2: (200, #"{"new":{"aliases":{"i":{}}}}"#)
      case "GET /i": (200, #"{"old":{"aliases":{"i":{}}}}"#)
      case "POST /_aliases" where body.contains("must_exist"):
        (400, #"{"error":{"type":"x_content_parse_exception","reason":"unknown field [must_exist]"}}"#)
      default: nil
      }
    }
    let target = try node.target()
    _ = try target.state()
    let fresh = ElasticTarget("new", index: "new", target.server, ElasticOptions(), interval: .null)
    #expect(try target.swap(to: fresh) == nil)
    #expect(node.asked.change { $0.count { $0 == "POST /_aliases" } } == 2)
  }

  @Test func `The first base of a name takes the place of none that came before it`() throws {
    let alias = Monitor<[String]>([])
    let node = try node(alias, taken: ["i-8-a": 8, "i-7-b": 9])
    let target = try node.target()
    #expect(exit { _ = try target.state() } == .noInput)
    alias.change { $0 = ["i-8-a"] }
    let fresh = ElasticTarget("i-7-b", index: "i-7-b", target.server, ElasticOptions(), interval: .null)
    #expect(exit { _ = try target.swap(to: fresh) } == .tryAgain)
    #expect(alias.change { $0 } == ["i-8-a"])
  }

  @Test func `What another publisher has said meanwhile is not written over`() throws {
    let theirs = TargetState(taken: .init(generation: 5, index: ["x"]))
    let node = try Node { line, _, number in
      guard line == "GET /i" else { return nil }
      let meta = number == 0 ? "{}" : #"{"freshet":\#(theirs.json.text)}"#
      return (200, #"{"i":{"aliases":{},"mappings":{"_meta":\#(meta)}}}"#)
    }
    let target = try node.target()
    #expect(try target.state() == nil)
    let ours = TargetState(taken: .init(generation: 6, index: ["y"]))
    #expect(exit { try target.set(ours) } == .tryAgain)
    #expect(node.asked.change { $0.allSatisfy { $0.hasPrefix("GET") } })
  }

  @Test func `What is read by the time that it would be removed stays`() throws {
    let (time, meta) = (#"{"index":{"creation_date":"1000"}}"#, #"{"_meta":{"freshet-for":"i"}}"#)
    let made = #"{"aliases":{},"settings":\#(time),"mappings":\#(meta)}"#
    let node = try Node { line, _, _ in
      switch line {
      case "GET /i-*": (200, #"{"i-1-a":\#(made),"i-2-b":\#(made),"i-3-c":\#(made)}"#)
      case "GET /i-1-a/_alias": (200, #"{"i-1-a":{"aliases":{}}}"#)
      case "GET /i-2-b/_alias": (200, #"{"i-2-b":{"aliases":{"i":{}}}}"#)
      case "GET /i-3-c/_alias": (404, "{}")
      default: nil
      }
    }
    let removed = try node.target().collect(keep: 0, madeBy: Instant(seconds: 9), dryRun: false)
    #expect(removed == ["i-3-c", "i-1-a"])
    #expect(node.asked.change { !$0.contains("DELETE /i-2-b") && $0.contains("DELETE /i-1-a") })
  }

  @Test func `Neither a look nor a count shows readers the half of a publish`() throws {
    let state = TargetState(taken: .init(generation: 1, index: ["x"])).json.text
    let node = try Node { line, _, number in
      switch line {
      case "GET /i": (200, #"{"i":{"aliases":{},"mappings":{"_meta":{"freshet":\#(state)}}}}"#)
      case "GET /i/_count": (200, #"{"count":3,"_shards":{"failed":0}}"#)
      case "POST /i/_search":
        (200, #"{"hits":{"total":{"value":0},"hits":[]},"_shards":{"failed":0}}"#)
      default: nil
      }
    }
    let look = try node.target(isLook: true)
    #expect(try look.documents() == 3)
    try look.forEachID { _ in }
    let target = try node.target()
    _ = try target.state()
    #expect(try target.documents() == 3)
    #expect(node.asked.change { !$0.contains("POST /i/_refresh") })
    // Of an index that was told nothing what others have put there counts, too.
    #expect(try node.target().documents() == 3)
    #expect(node.asked.change { $0.count { $0 == "POST /i/_refresh" } } == 1)
  }

  @Test func `An index beside whose first answer is lost is there, and is used`() throws {
    let node = try Node { line, _, number in
      if line == "GET /i" { return (200, #"{"old":{"aliases":{"i":{}}}}"#) }
      guard line.hasPrefix("PUT /i-7-") else { return nil }
      return number == 0
        ? (0, "") : (400, #"{"error":{"type":"resource_already_exists_exception","reason":"r"}}"#)
    }
    #expect(try node.target().beside(generation: 7).name.hasPrefix("elasticsearch+\(node.server.url)/i-7-"))
  }

  @Test func `A refresh that fails on a shard is no commit`() throws {
    let node = try Node { line, _, _ in
      line == "POST /i/_refresh" ? (200, #"{"_shards":{"total":2,"successful":1,"failed":1}}"#) : nil
    }
    #expect(exit { try node.target().commit() } == .unavailable)
    #expect(exit { _ = try node.target().documents() } == .unavailable)
  }
}
