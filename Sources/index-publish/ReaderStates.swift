internal import Bytes
internal import Changes
internal import Failures
internal import Files
internal import Lines
internal import Objects
internal import Publishing

/// What the reader of the lines may have: whole or in part each state that was printed to him since the one that his watermark is at.
///
///     a generation n, the watermark at g    g ... n-1: any of them may have been printed
///     a build, the watermark at g           what was printed of its work directory as g and later (PrintedStates)
///     no watermark                          g is 0: nothing, and all from the first
///     --from                                that alone
struct ReaderStates {
  private var states: [PrintedStates.State]
  /// Of a build.
  private let printed: PrintedStates?
  private let index: NamedIndex
  /// What a person says is not doubted.
  private let isSaid: Bool

  /// 1 where what the reader may have is not known any more.
  init(of index: NamedIndex, told: Parent, from: Location??, stores: Stores) throws(Failure) {
    self.index = index
    let after = if case .exactly(let number, _) = told { number } else { 0 }
    switch index {
    case .build(let built): printed = try PrintedStates(beside: built.location.absolute, stores: stores)
    case .generation: printed = nil
    }
    isSaid = from != nil
    if let from {
      states = [.init(after, from?.absolute)]
      return
    }
    let found: [PrintedStates.State]?
    switch index {
    case .build: found = printed?.since(after)
    case .generation(let generation, let place):
      found = try Self.generations(since: after, before: generation, of: Destination(place, stores: stores))
    }
    guard let found else {
      throw Self.refusal("nothing here tells what its reader may have, from generation \(after) on")
    }
    states = found
  }

  private static func refusal(_ reason: String) -> Failure {
    Failure(
      .refused,
      "cannot print the change: \(reason) (--from none prints all documents, to a reader who has thrown away what he had)"
    )
  }

  /// Nil where one of them is not there, or no longer.
  private static func generations(
    since number: Int, before generation: Generation, of destination: Destination
  ) throws(Failure) -> [PrintedStates.State]? {
    let found = try destination.ancestry(of: generation, downTo: number)
    guard let oldest = found.last, oldest.number == number || number == 0 && oldest.parent == nil else {
      return nil
    }
    let nothing: [PrintedStates.State] = number == 0 ? [.init(0, nil)] : []
    let states = found.map { PrintedStates.State($0.number, $0.manifest(at: destination.location)) }
    return nothing + (oldest.number < generation.number ? states.dropFirst() : states[...]).reversed()
  }

  /// Opens them, each once.
  mutating func open(_ stores: Stores, sharing new: IndexState) throws(Failure) -> [IndexState] {
    var opened: [IndexState] = []
    var seen: Set<Location?> = []
    for (number, state) in states.enumerated() where seen.insert(state.location).inserted {
      guard let location = state.location else {
        opened.append(IndexState())
        continue
      }
      do throws(Failure) {
        opened.append(try IndexState(location, stores: stores, sharing: [new] + opened))
      } catch {
        guard !isSaid, error.exit == .noInput || error.exit == .badData else { throw error }
        throw Self.refusal("what its reader may have is gone: \(error.message)")
      }
      // Of a destination that --from names, the generation that is current now.
      if let location = opened.last?.locations.last { states[number] = .init(state.generation, location) }
    }
    return opened
  }

  /// Of what is to be printed: of a build that a target has taken before, that one's.
  func generation(behind published: Receipt?) -> Int {
    if case .generation(let generation, _) = index { return generation.number }
    return published?["generation"].flatMap { Int($0) } ?? printed?.next(after: states) ?? 1
  }

  /// From now on he may have what is printed as that generation. No other run prints as long as the lock is held.
  func begin(_ number: Int) throws(Failure) -> FileLock? {
    let lock = try printed?.lock()
    try printed?.begin(number, after: states)
    return lock
  }
}
