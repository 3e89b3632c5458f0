import Failures
import Records
import Seeded
import Synchronization
import Testing
import Threads

@testable import Reading

/// The order of what several threads find. Not tested here: what they find it in (part-cat's transcript, and
/// Tests/Pipes/73-csv).
@Suite struct OrderTests {
  /// Pieces of random number and size, found by threads that are of random speed.
  @Test(arguments: [1, 2, 3, 8], [1, 50, 1 << 20])
  func `What is found is given in order, however little is kept`(_ threads: Int, _ mostKept: Int) {
    for seed in 0..<UInt64(Sample.rounds(quick: 5, full: 40, long: 400)) {
      var random = SeededRandom(seed)
      let objects = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
      }
      let given = Mutex<[String]>([])
      let order = OrderedPieces(count: objects.count, mostOpen: 3, mostKept: mostKept) { found, object in
        given.withLock { $0.append("\(object) " + Self.text(found)) }
        return true
      }
      run(order, objects, threads)
      let expected = objects.enumerated().flatMap { number, pieces in
        pieces.enumerated().flatMap { piece, count in (0..<count).map { "\(number) \(piece).\($0)" } }
          + ["\(number) end"]
      }
      #expect(given.withLock { $0 } == expected, "seed \(seed)")
    }
  }

  @Test(arguments: [1, 4]) func `Nothing is given behind what ends it`(_ threads: Int) {
    for round in 0..<100 {
      let objects = [[3, 3], [3, 3], [3, 3], [1, 1]]
      let given = Mutex(0)
      let last = round % 20 + 1
      let order = OrderedPieces(count: 4, mostOpen: 4, mostKept: 1000) { _, _ in
        given.withLock { given in
          given += 1
          return given < last
        }
      }
      run(order, objects, threads)
      #expect(given.withLock { $0 } == last)
    }
  }

  private func run(_ order: OrderedPieces, _ objects: [[Int]], _ threads: Int) {
    let work = { @Sendable (isFirst: Bool) in
      while let ticket = order.next(isFirstThread: isFirst) {
        guard ticket.piece < objects[ticket.object].count else {
          order.didCut(ticket, isEnd: true)
          _ = order.take(.end, of: ticket)
          order.finish(ticket)
          continue
        }
        order.didCut(ticket, isEnd: false)
        for number in 0..<objects[ticket.object][ticket.piece] {
          guard order.take(.text(Array("\(ticket.piece).\(number)".utf8)), of: ticket) else { break }
        }
        order.finish(ticket)
      }
    }
    besides(threads: threads - 1, { work(false) }) { _ in work(true) }
  }

  private static func text(_ found: Found) -> String {
    switch found {
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .end: "end"
    default: "?"
    }
  }
}
