import JSON
import Seeded
import Testing

@testable import Serving

/// Not tested here: where each kind of target keeps it.
@Suite struct TargetStateTests {
  static var full: TargetState {
    var state = TargetState(
      taken: .init(
        generation: 812, index: ["s3://b/i/builds/a.json", "w/builds/b.json"], base: "2026-05-04T10:00:00Z"))
    state.begin(.init(generation: 813, index: ["/i/generations/813-x.json"]))
    state.begin(.init(generation: 814, index: ["/i/generations/814-x.json"]))
    (state.lineage, state.position) = (String(repeating: "0a", count: 16), "2026-05-04T10:05:00Z")
    (state.version, state.shared) = (815, true)
    return state
  }

  @Test func `is read as it was written`() throws {
    for state in [Self.full, TargetState(taken: .nothing)] {
      let text = state.json.text
      #expect(try TargetState(json: JSONValue.parse(text)) == state)
    }
  }

  @Test(arguments: [
    "null", "[]", "{}", "3", #"{"format":1}"#,
    #"{"format":2,"generation":1,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":-1,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":9007199254740992,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1e3,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":[],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a","b","c"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["%zz"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":[""],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":false,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":"now","lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a",1],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":null,"lineage":"x","position":"","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":null,"lineage":"","position":"today","taking":[],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":null,"lineage":"","position":"","taking":[{}],"version":1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":-1,"shared":false,"lost":false}"#,
    #"{"format":1,"generation":1,"index":["a"],"base":null,"lineage":"","position":"","taking":[],"version":1,"shared":"no","lost":false}"#,
  ]) func `is none`(_ text: String) throws { #expect(try TargetState(json: JSONValue.parse(text)) == nil) }

  @Test func `of many that were begun the newest are named`() throws {
    var state = Self.full
    for number in 815...830 { state.begin(.init(generation: number, index: ["a"])) }
    #expect(state.isLost && state.begun.count == 8 && state.taking?.generation == 830)
    #expect(try TargetState(json: JSONValue.parse(state.json.text)) == state)
    state.end()
    #expect(!state.isLost && state.begun.isEmpty && state.taken.generation == 830)
  }

  @Test func `no byte of it that is another makes it fail, but for what is still a state`() throws {
    let bytes = Array(Self.full.json.text.utf8)
    var random = SeededRandom(1)
    for _ in 0..<3000 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      if let json = try? JSONValue.parse(damaged), let state = TargetState(json: json) {
        #expect(TargetState(json: state.json) == state)
      }
    }
  }
}
