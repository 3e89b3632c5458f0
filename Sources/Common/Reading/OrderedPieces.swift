internal import Failures
internal import Records
internal import Threads

/// What was found in a piece of an object.
enum Found: Sendable {
  /// Whole lines.
  case text([UInt8])
  /// Records on their way to shards.
  case routed(RoutedText)
  /// A malformed record, by its line in the piece.
  case bad(line: Int, reason: String)
  /// The piece can't be read on.
  case broken(RecordError)
  /// The object can't be opened, or cut further.
  case failed(Failure)
  /// The piece had so many lines.
  case lines(Int)
  /// The object has no more pieces.
  case end

  fileprivate var size: Int {
    switch self {
    case .text(let bytes): bytes.count
    case .routed(let text): text.bytes.count + text.gaps.count * 16
    default: 64
    }
  }
}

/// A piece of an object, both by number.
struct Ticket: Hashable {
  let object: Int
  let piece: Int
}

/// What several threads find in pieces of objects, given on in the order of the objects and of their pieces.
///
/// One piece at a time has its turn. What is found in it is given on at once; what is found in others is kept until their turn
/// comes, and where that is too much, whoever finds it waits. So that the piece whose turn it is always gets worked on, one
/// thread takes pieces of no object but the one whose turn it is: it never waits for a later one.
final class OrderedPieces: Sendable {
  /// Is told what was found in an object, by one thread at a time; false ends it all.
  typealias Give = @Sendable (Found, Int) -> Bool

  private struct Slot {
    var found: [Found] = []
    var isFinished = false
  }

  private struct State {
    var turn = Ticket(object: 0, piece: 0)
    /// What was kept of pieces whose turn has not come.
    var slots: [Ticket: Slot] = [:]
    var kept = 0
    /// The objects that were begun and have pieces left: the next piece's number, and whether it is being cut.
    var open: [Int: (next: Int, isBeingCut: Bool)] = [:]
    var begun = 0
    /// Of objects without pieces left, the ticket that is no piece any more.
    var ends: Set<Ticket> = []
    var isStopped = false

    mutating func takeKept(of ticket: Ticket) -> [Found] {
      let found = slots.removeValue(forKey: ticket)?.found ?? []
      kept -= found.reduce(0) { $0 + $1.size }
      return found
    }
  }

  private let state = Monitor(State())
  private let count: Int
  private let mostOpen: Int
  private let mostKept: Int
  private let give: Give

  /// Of `count` objects `mostOpen` are worked on; about `mostKept` bytes are kept.
  init(count: Int, mostOpen: Int, mostKept: Int, give: @escaping Give) {
    (self.count, self.mostOpen, self.mostKept, self.give) = (count, mostOpen, mostKept, give)
  }

  /// The next piece to cut from its object; nil when there is nothing left to do.
  func next(isFirstThread: Bool) -> Ticket? {
    state.wait { state -> Ticket?? in
      if state.isStopped || state.begun == self.count && state.open.isEmpty { return .some(nil) }
      guard isFirstThread || state.kept < self.mostKept else { return nil }
      let last = isFirstThread ? state.turn.object + 1 : state.turn.object + self.mostOpen
      for object in state.turn.object..<max(state.turn.object, min(last, self.count)) {
        if object == state.begun {
          state.begun += 1
          state.open[object] = (0, false)
        }
        guard let (piece, isBeingCut) = state.open[object], !isBeingCut else { continue }
        state.open[object] = (piece + 1, true)
        return Ticket(object: object, piece: piece)
      }
      return nil
    }
  }

  /// The piece was cut, and the next one can be; or there is none.
  func didCut(_ ticket: Ticket, isEnd: Bool) {
    state.change { state in
      if isEnd {
        state.open[ticket.object] = nil
        state.ends.insert(ticket)
      } else {
        state.open[ticket.object]?.isBeingCut = false
      }
    }
  }

  /// False where nobody wants any more.
  func take(_ found: Found, of ticket: Ticket) -> Bool {
    let (isOver, kept): (Bool, [Found]?) = state.wait { state in
      if state.isStopped { return (true, nil) }
      if ticket == state.turn { return (false, state.takeKept(of: ticket)) }
      guard state.kept < self.mostKept else { return nil }
      state.slots[ticket, default: Slot()].found.append(found)
      state.kept += found.size
      return (false, nil)
    }
    if isOver { return false }
    return kept.map { give($0 + [found], of: ticket) } ?? true
  }

  /// Nothing more will be found in that piece; where it is its turn, it is the next one's.
  func finish(_ ticket: Ticket) {
    var ticket = ticket
    while true {
      let kept: [Found]? = state.change { state in
        if state.isStopped { return nil }
        if ticket == state.turn { return state.takeKept(of: ticket) }
        state.slots[ticket, default: Slot()].isFinished = true
        return nil
      }
      guard let kept, give(kept, of: ticket) else { return }
      let next: Ticket? = state.change { state in
        let isEnd = state.ends.remove(ticket) != nil
        state.turn =
          isEnd
          ? Ticket(object: ticket.object + 1, piece: 0)
          : Ticket(object: ticket.object, piece: ticket.piece + 1)
        return state.slots[state.turn]?.isFinished == true ? state.turn : nil
      }
      guard let next else { return }
      ticket = next
    }
  }

  /// To be done by the one whose turn it is.
  private func give(_ found: [Found], of ticket: Ticket) -> Bool {
    for found in found where !give(found, ticket.object) {
      state.change { $0.isStopped = true }
      return false
    }
    return true
  }
}
