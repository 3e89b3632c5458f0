import Bytes
import Failures
import Foundation
import Histories
import JSON
import Objects
import Publishing
import Seeded
import Testing

@testable import Changes
@testable import Segments

/// The change between states against the slow way: all documents of both, compared.
/// Not tested here: states that are being collected (TargetPublisherTests), time and memory (bench/).
@Suite struct IndexChangeTests {
  static let kinds = ["id id\ng group\nt text\nn number\n", "id id\nt text\nn number\n"]

  /// What is sent and deleted, by id; checks the order and the groups on the way.
  func told(_ change: IndexChange, isKeeping: Bool = false) throws -> [String: String?] {
    var told: [String: String?] = [:]
    var last: [UInt8]?
    var (adds, deletes) = (0, 0)
    try change.forEachGroup { group in
      if let last { #expect(last.lexicographicallyPrecedes(group.group)) }
      last = group.group
      #expect(!group.documents.isEmpty)
      #expect(
        zip(group.documents, group.documents.dropFirst()).allSatisfy {
          $0.id.lexicographicallyPrecedes($1.id)
        })
      for document in group.documents {
        let id = String(decoding: document.id, as: UTF8.self)
        #expect(told[id] == nil, "\(id) twice")
        told[id] = .some(document.document.map { String(decoding: $0, as: UTF8.self) })
        if document.document == nil { deletes += 1 } else { adds += 1 }
        if let text = document.document, let json = try? JSONValue.parse(text) {
          #expect(Array((json["g"]?.string ?? id).utf8) == group.group)
        }
      }
    }
    #expect(change.adds == adds && change.deletes == deletes)
    return told
  }

  func slow(_ old: [[String: String]], _ new: [String: String]) -> [String: String?] {
    var expected: [String: String?] = [:]
    for (id, text) in new where old.isEmpty || !old.allSatisfy({ $0[id] == text }) { expected[id] = text }
    for id in old.flatMap(\.keys) where new[id] == nil { expected[id] = .some(nil) }
    return expected
  }

  @Test(arguments: kinds, 1...UInt64(Sample.rounds(quick: 3, full: 12, long: 300)))
  func `is what the slow way finds`(_ kind: String, _ seed: UInt64) throws {
    var history = try History(kind, seed: seed)
    history.ids = [12, 40, 200][Int(seed) % 3]
    for step in 0..<14 { try history.step(base: step % 6 == 3) }
    let places = history.generations
    let all = try places.map { try documents($0) }
    let states = try places.map { try IndexState($0, stores: Stores()) }
    for (state, all) in zip(states, all) { #expect(try state.documents == all.count) }
    #expect(try told(IndexChange(from: [], to: states[5])) == slow([], all[5]))
    #expect(try told(IndexChange(from: [IndexState()], to: states[5])) == slow([[:]], all[5]))
    #expect(try told(IndexChange(from: [states[5]], to: IndexState())) == slow([all[5]], [:]))
    for (new, old) in (0..<Sample.rounds(quick: 20, full: 60, long: 60)).map({ _ in
      (Int.random(in: 0..<14, using: &history.random), Int.random(in: 0..<14, using: &history.random))
    }) {
      let other = Int.random(in: 0..<14, using: &history.random)
      let one = try told(IndexChange(from: [states[old]], to: states[new]))
      #expect(one == slow([all[old]], all[new]), "seed \(seed): \(old) to \(new)")
      let two = try told(IndexChange(from: [states[old], states[other]], to: states[new]))
      #expect(two == slow([all[old], all[other]], all[new]), "seed \(seed): \(old) and \(other) to \(new)")
    }
    #expect(try told(IndexChange(from: [states[3]], to: states[3])).isEmpty)
  }

  @Test(arguments: kinds) func `a build over a base is the generation of both`(_ kind: String) throws {
    var history = try History(kind, seed: 4)
    for step in 0..<6 { try history.step(base: step == 0) }
    let (base, delta) = (history.builds[0].location, history.builds[5].location)
    let published = try IndexState(history.generations[5], stores: Stores())
    let built = try IndexState(delta, over: base, stores: Stores(), sharing: [published])
    #expect(try told(IndexChange(from: [built], to: published)).isEmpty)
    #expect(built.locations == [base, delta] && built.published == nil)
    let current = try IndexState(try history.destination.location, stores: Stores())
    #expect(current.locations == [history.generations[5]] && current.published?.number == 6)
    #expect(try told(IndexChange(from: [current], to: published)).isEmpty)
  }

  /// The tombstones of a state that count, as text.
  func tombstones(_ state: IndexState) throws -> (ids: Set<String>, groups: Set<String>) {
    var (ids, groups) = (Set<String>(), Set<String>())
    for segment in state.view.segments {
      for number in 0..<segment.reader.meta.idTombstones
      where segment.live?.contains(idTombstone: number) ?? true {
        ids.insert(String(decoding: try segment.reader.idTombstone(number), as: UTF8.self))
      }
      for number in 0..<segment.reader.meta.groupTombstones
      where segment.live?.contains(groupTombstone: number) ?? true {
        groups.insert(String(decoding: try segment.reader.groupTombstone(number), as: UTF8.self))
      }
    }
    return (ids, groups)
  }

  func group(_ id: String, _ text: String) throws -> String { try JSONValue.parse(text)["g"]?.string ?? id }

  @Test(arguments: kinds, 1...UInt64(Sample.rounds(quick: 3, full: 10, long: 200)))
  func `what merely left the window is kept where that is asked for`(_ kind: String, _ seed: UInt64) throws {
    var history = try History(kind, seed: seed + 50)
    history.ids = [12, 40, 200][Int(seed) % 3]
    for step in 0..<12 { try history.step(base: step == 2) }
    let all = try history.generations.map { try documents($0) }
    let states = try history.generations.map { try IndexState($0, stores: Stores()) }
    var kept = 0
    for _ in 0..<Sample.rounds(quick: 20, full: 40, long: 40) {
      let picked = (0..<3).map { _ in Int.random(in: 0..<12, using: &history.random) }
      let (new, old) = (picked[0], Array(picked[1...].prefix(Int.random(in: 1...2, using: &history.random))))
      var expected = slow(old.map { all[$0] }, all[new])
      let (ids, groups) = try tombstones(states[new])
      let shown = Set(try all[new].map { try group($0.key, $0.value) })
      // What several old states show, each in a group of its own, has left where all of these have.
      for (id, text) in expected where text == nil {
        let own = try Set(old.compactMap { all[$0][id] }.map { try group(id, $0) })
        guard !ids.contains(id), own.isDisjoint(with: groups.union(shown)) else { continue }
        expected[id] = nil as String??
        kept += 1
      }
      let known = try old.map { try tombstones(states[$0]).ids }
      for id in ids where all[new][id] == nil && !known.allSatisfy({ $0.contains(id) }) {
        expected[id] = .some(nil)
      }
      let change = try IndexChange(from: old.map { states[$0] }, to: states[new], keepExpired: true)
      #expect(try told(change, isKeeping: true) == expected, "seed \(seed): \(old) to \(new)")
    }
    #expect(kept > 0)
  }

  /// So nothing else of a file that both have is looked at.
  @Test(arguments: kinds, 1...UInt64(Sample.rounds(quick: 2, full: 8, long: 200)))
  func `of a shared file only what one of them shows is chosen`(_ kind: String, _ seed: UInt64) throws {
    var history = try History(kind, seed: seed)
    history.ids = 60
    for step in 0..<10 { try history.step(base: step == 3) }
    let states = try history.generations.map { try IndexState($0, stores: Stores()) }
    var shared = 0
    for one in states {
      for other in states {
        let pair = SharedSegments(one.view, one.contents, other.view, other.contents)
        for (number, chosen) in try pair.documentsOfOneAlone().enumerated() {
          let own = try one.view.visible(inSegment: number)
          let bits = (0..<own.size).filter { own[$0] }
          guard let there = other.contents.firstIndex(of: one.contents[number]) else {
            #expect(chosen.count == bits.count)
            continue
          }
          shared += 1
          let theirs = try other.view.visible(inSegment: there)
          guard case .list(let numbers) = chosen else { throw CocoaError(.coderInvalidValue) }
          #expect(numbers.map { Int($0) } == bits.filter { !theirs[$0] })
        }
      }
    }
    #expect(shared > 50)
  }
}
