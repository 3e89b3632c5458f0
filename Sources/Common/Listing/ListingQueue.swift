internal import Objects

/// The stretches of a listing that are still to be done, that are being done, and what they found: what may be printed
/// is what no stretch can bring anything before.
///
///     printed | found, held | being listed | to be listed        by time
///             ^ the earliest start of what is being or to be listed
struct ListingQueue {
  /// The earliest start last.
  private var waiting: [ListingStretch]
  private var running: [Int64] = []
  /// Sorted, each; of each what is before `from` has been printed.
  private var found: [(objects: ListedObjects, from: Int)] = []
  /// How many objects were taken out, and are about to be printed.
  private var printing = 0
  private var failure: StoreError?
  private var isStopped = false
  private let nothing: ListedObjects
  private let sizes: StretchSizes
  private let pageSize: Int

  /// `nothing` is what a listing is that found nothing.
  init(_ stretches: [ListingStretch], _ nothing: ListedObjects, _ sizes: StretchSizes, pageSize: Int) {
    waiting = stretches.sorted { $0.start > $1.start }
    self.nothing = nothing
    self.sizes = sizes
    self.pageSize = pageSize
  }

  enum Turn {
    case list(ListingStretch)
    case over
  }

  /// How many objects are held.
  private var held: Int { found.reduce(printing) { $0 + $1.objects.count - $1.from } }

  /// The next stretch; nil while there is none, or no room for what it finds.
  mutating func next() -> Turn? {
    guard failure == nil, !isStopped, !(waiting.isEmpty && running.isEmpty) else { return .over }
    guard let stretch = waiting.last else { return nil }
    let isRoom = held + (running.count + 1) * sizes.pages * pageSize <= sizes.room * pageSize
    guard isRoom || running.isEmpty else { return nil }
    waiting.removeLast()
    running.append(stretch.start)
    return .list(stretch)
  }

  mutating func finish(_ start: Int64, _ objects: ListedObjects, _ rest: [ListingStretch]) {
    if let index = running.firstIndex(of: start) { running.remove(at: index) }
    if !objects.isEmpty { found.append((objects, 0)) }
    for stretch in rest {
      let index = waiting.lastIndex { $0.start > stretch.start }.map { $0 + 1 } ?? 0
      waiting.insert(stretch, at: index)
    }
  }

  mutating func fail(_ error: StoreError) { failure = failure ?? error }

  /// No stretch begins any more.
  mutating func stop() { isStopped = true }

  /// Takes out what may be printed, and whether that is the end; nil while there is nothing.
  mutating func ready() -> Result<(ListedObjects, isOver: Bool), StoreError>? {
    if let failure { return .failure(failure) }
    let isOver = waiting.isEmpty && running.isEmpty && found.count < 2
    let earliest = min(running.min() ?? .max, waiting.last?.start ?? .max, startOfOthers)
    var ready = nothing
    for index in found.indices {
      let (objects, from) = found[index]
      let end = isOver ? objects.count : objects.index(from: from, of: earliest)
      if end > from { ready.append(objects, from..<end) }
      found[index].from = end
    }
    found.removeAll { $0.from == $0.objects.count }
    printing = ready.count
    return isOver || !ready.isEmpty ? .success((ready, isOver)) : nil
  }

  /// What was taken out last is not held any more.
  mutating func isPrinted() { printing = 0 }

  /// Parts that lie one behind the other are taken out one by one, as they are: the time before which there is only one.
  private var startOfOthers: Int64 {
    let first = found.min { $0.objects.time($0.from) < $1.objects.time($1.from) }
    guard let end = first.map({ $0.objects.time($0.objects.count - 1) }) else { return .max }
    let later = found.filter { $0.objects.time($0.from) > end }
    return later.count == found.count - 1 ? later.map { $0.objects.time($0.from) }.min() ?? .max : .max
  }
}
