import Bytes
import Failures
import Foundation
import Histories
import Lines
import Objects
import Publishing
import Seeded
import Testing

@testable import Changes
@testable import Serving

/// Bases: what they are laid under, and what is published beside them.
extension TargetPublisherTests {
  @Test func `a base that has all of the delta takes its place, and one that goes back is refused`() throws {
    let told = try Told(11, steps: 9)
    let server = MemoryTarget.Server()
    try publish(try told.build(8), to: MemoryTarget(server))
    try publish(try told.build(9), to: MemoryTarget(server)) { $0.asBase = true }
    #expect(server.state?.taken.index.count == 1 && server.state?.taken.base != nil)
    #expect(server.state?.position == told.generations[8].position)
    // The first batch behind a first base follows it.
    let first = MemoryTarget.Server()
    try publish(try told.build(7), to: MemoryTarget(first)) { $0.asBase = true }
    try publish(try told.build(8, after: .exactly(0, lineage: nil)), to: MemoryTarget(first))
    #expect(first.state?.taken.index.count == 2 && first.state?.batch == 2)
    // Whose position is older: no delta holds what lies behind it.
    let before = server.documents
    #expect(
      failure { try publish(try told.build(3), to: MemoryTarget(server)) { $0.asBase = true } }?.exit
        == .refused)
    #expect(server.documents == before)
    // A delta that can't be read would be gone.
    try FileManager.default.removeItem(atPath: told.history.builds[7].location.description)
    let gone = failure { try publish(try told.build(9), to: MemoryTarget(first)) { $0.asBase = true } }
    #expect(gone?.exit == .refused)
  }

  @Test func `a gap between a base and the delta above it is refused`() throws {
    var told = try Told(11, steps: 7)
    told.history.window = 0
    try told.history.step()
    let server = MemoryTarget.Server()
    try publish(try told.build(8), to: MemoryTarget(server))
    let before = (server.documents, server.state)
    let below = failure { try publish(try told.build(3), to: MemoryTarget(server)) { $0.asBase = true } }
    #expect(below?.exit == .refused && below?.message.contains(", and the delta that it has begins") == true)
    #expect(server.documents == before.0 && server.state == before.1 && server.with { $0.made } == 0)
    try publish(try told.build(3), to: MemoryTarget(server)) {
      $0.asBase = true
      $0.force = true
    }
    #expect(server.state?.taken.index == [try told.build(3).location.description])
    let above = failure { try publish(try told.build(8), to: MemoryTarget(server)) }
    #expect(above?.exit == .refused && above?.message.contains(", and its base ends at") == true)
  }

  @Test(arguments: [false, true])
  func `a base does not take the documents of others away`(_ isFirst: Bool) throws {
    let told = try Told(14)
    let server = MemoryTarget.Server()
    server.with { $0.collections["first"]?.documents[Array("theirs".utf8)] = Array("{}".utf8) }
    if !isFirst { try publish(try told.offer(4), to: MemoryTarget(server)) }
    let before = (server.documents, server.state)
    let refused = failure { try publish(try told.offer(6), to: MemoryTarget(server)) { $0.asBase = true } }
    #expect(refused?.exit == .refused && refused?.message.contains(": 1 of its") == true)
    #expect(server.documents == before.0 && server.state == before.1 && server.with { $0.made } == 0)
    try publish(try told.offer(6), to: MemoryTarget(server)) {
      $0.asBase = true
      $0.force = true
    }
    #expect(try server.documents == told.documents(6) && server.state?.shared == false)
  }

  @Test func `a base follows what is published while it is filled, and while it is swapped`() throws {
    let told = try Told(17)
    for call in 5...18 {
      let server = MemoryTarget.Server()
      try publish(try told.offer(2), to: MemoryTarget(server))
      let slow = MemoryTarget(server)
      slow.before = (
        5,
        {
          _ = try? self.publish(try told.offer(5), to: MemoryTarget(server))
          slow.before = (call, { _ = try? self.publish(try told.offer(7), to: MemoryTarget(server)) })
        }
      )
      let failure = failure {
        try publish(try told.offer(4), to: slow) {
          $0.asBase = true
          $0.largestRequest = 5 << 20
        }
      }
      let number = call > 5 && call <= slow.calls ? 7 : 5
      #expect(try server.documents == told.documents(number), "call \(call)")
      #expect(server.state?.taken.generation == number && server.state?.begun.isEmpty == true, "call \(call)")
      #expect(server.state?.position == told.generations[number - 1].position, "call \(call)")
      #expect(failure == nil || failure?.exit == .tryAgain && number == 7, "call \(call)")
      #expect(failure != nil || server.with { $0.alias } != "first", "call \(call)")
      try publish(try told.offer(8), to: MemoryTarget(server))
      #expect(try server.documents == told.documents(8), "call \(call)")
    }
  }

  @Test func `a base that can't follow what is published gives up, and says what it leaves`() throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    try publish(try told.offer(2), to: MemoryTarget(server))
    let slow = MemoryTarget(server)
    func arm() {
      slow.before = (
        slow.calls + 1,
        {
          server.with { $0.collections["first"]?.state?.version += 1 }
          arm()
        }
      )
    }
    arm()
    let notes = Notes()
    let late = failure { try publish(try told.offer(4), to: slow, notes: notes) { $0.asBase = true } }
    #expect(late?.exit == .tryAgain && late?.message.contains("let them pause") == true)
    #expect(notes.lines.count == 1 && notes.lines[0].contains("is left there (--gc"))
    #expect(try server.documents == told.documents(2) && server.with { $0.made } == 1)
  }

  @Test(arguments: 4...8)
  func `a base whose collection is removed while it is filled comes again later`(_ call: Int) throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    try publish(try told.offer(2), to: MemoryTarget(server))
    let slow = MemoryTarget(server)
    slow.before = (
      call,
      {
        server.with { content in
          content.collections.keys.filter { $0 != "first" }.forEach { content.collections[$0] = nil }
        }
      }
    )
    let removed = failure {
      try publish(try told.offer(4), to: slow) {
        $0.asBase = true
        $0.largestRequest = 5 << 20
      }
    }
    #expect(removed?.exit == .tryAgain && removed?.message.contains("somebody removed it") == true)
    #expect(try server.documents == told.documents(2))
  }

  @Test func `a base's build goes below the delta that is published while it is filled`() throws {
    let told = try Told(11, steps: 9)
    let (server, other) = (MemoryTarget.Server(), MemoryTarget.Server())
    try publish(try told.build(8), to: MemoryTarget(server))
    let slow = MemoryTarget(server)
    slow.before = (5, { _ = try? self.publish(try told.build(9), to: MemoryTarget(server)) })
    try publish(try told.build(8), to: slow) {
      $0.asBase = true
      $0.largestRequest = 5 << 20
    }
    try publish(try told.build(8), to: MemoryTarget(other)) { $0.asBase = true }
    try publish(try told.build(9), to: MemoryTarget(other))
    #expect(server.documents == other.documents && server.with { $0.alias } != "first")
    #expect(server.state?.taken.index.count == 2 && server.state?.taken.base != nil)
  }

  @Test func `a base's position is the one that it was published with`() throws {
    let told = try Told(11, steps: 14)
    let server = MemoryTarget.Server()
    try publish(try told.build(13), to: MemoryTarget(server)) { $0.asBase = true }
    try publish(try told.build(14), to: MemoryTarget(server))
    #expect(server.state?.taken.base == told.generations[12].position)
    let older = failure { try publish(try told.build(8), to: MemoryTarget(server)) { $0.asBase = true } }
    #expect(older?.exit == .refused && older?.message.contains("older than that of the base") == true)
    // As if it were built from records: it has all that the delta has.
    var built = try BuiltIndex(told.history.builds[12].location, stores: Stores())
    built.manifest.position = told.generations[13].position
    try publish(TargetOffer(built, after: .current, receipts: []), to: MemoryTarget(server)) {
      $0.asBase = true
    }
    #expect(server.state?.taken.index == [try told.build(13).location.description])
    #expect(server.state?.position == told.generations[13].position)
    let behind = failure { try publish(try told.build(12), to: MemoryTarget(server)) }
    #expect(behind?.exit == .refused)
  }
}
