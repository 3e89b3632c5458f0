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
  /// The earliest partition among them.
  private var firstFound = Int64.max
  /// How many objects there are among them.
  private var held = 0
  /// How many objects were taken out, and are about to be printed.
  private var printing = 0
  private var failure: StoreError?
  private var isStopped = false
  private let nothing: ListedObjects
  private let sizes: StretchSizes

  /// `nothing` is what a listing is that found nothing.
  init(_ stretches: [ListingStretch], _ nothing: ListedObjects, _ sizes: StretchSizes) {
    waiting = stretches.sorted { $0.start > $1.start }
    self.nothing = nothing
    self.sizes = sizes
  }

  enum Turn {
    case list(ListingStretch)
    case over
  }

  /// Whether it goes on: nothing failed, and nobody stopped it.
  var goesOn: Bool { failure == nil && !isStopped }

  /// The next stretch; nil while there is none, or no room for what it finds.
  mutating func next() -> Turn? {
    guard goesOn, !(waiting.isEmpty && running.isEmpty) else { return .over }
    guard let stretch = waiting.last, hasRoom || isStuck else { return nil }
    waiting.removeLast()
    running.append(stretch.start)
    return .list(stretch)
  }

  private var hasRoom: Bool { held + printing + (running.count + 1) * sizes.objects <= sizes.room }

  /// Nothing can be printed before another stretch is done, room or not.
  private var isStuck: Bool { running.isEmpty && printing == 0 && firstFound >= earliestStart }

  /// Nothing that is still to be found lies before this time.
  private var earliestStart: Int64 { min(running.min() ?? .max, waiting.last?.start ?? .max) }

  mutating func finish(_ start: Int64, _ objects: ListedObjects, _ rest: [ListingStretch]) {
    if let index = running.firstIndex(of: start) { running.remove(at: index) }
    if !objects.isEmpty {
      found.append((objects, 0))
      firstFound = min(firstFound, objects.time(0))
      held += objects.count
    }
    for stretch in rest { waiting.insert(stretch, at: place(of: stretch.start)) }
  }

  /// Behind those that begin later, ahead of those of the same start.
  private func place(of start: Int64) -> Int {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = low + (high - low) / 2
      if waiting[middle].start > start { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func fail(_ error: StoreError) { failure = failure ?? error }

  /// No stretch begins any more.
  mutating func stop() { isStopped = true }

  /// Takes out what may be printed, and whether that is the end; nil while there is nothing.
  mutating func ready() -> Result<(ListedObjects, isOver: Bool), StoreError>? {
    if let failure { return .failure(failure) }
    let isOver = waiting.isEmpty && running.isEmpty && found.count < 2
    guard isOver || firstFound < earliestStart else { return nil }
    let ready = takeOut(before: isOver ? .max : min(earliestStart, startOfOthers))
    printing = ready.count
    return .success((ready, isOver))
  }

  private mutating func takeOut(before limit: Int64) -> ListedObjects {
    var ready = nothing
    firstFound = .max
    for index in found.indices {
      let (objects, from) = found[index]
      if objects.time(from) < limit {
        found[index].from = objects.index(from: from, of: limit)
        ready.append(objects, from..<found[index].from)
      }
      if found[index].from < objects.count { firstFound = min(firstFound, objects.time(found[index].from)) }
    }
    found.removeAll { $0.from == $0.objects.count }
    held -= ready.count
    return ready
  }

  /// What was taken out last is not held any more.
  mutating func isPrinted() { printing = 0 }

  /// Parts that lie one behind the other are taken out one by one, as they are: the time before which there is only one.
  private var startOfOthers: Int64 {
    var (first, second, end) = (Int64.max, Int64.max, Int64.max)
    for (objects, from) in found {
      let time = objects.time(from)
      if time < first {
        (first, second, end) = (time, first, objects.time(objects.count - 1))
      } else {
        second = min(second, time)
      }
    }
    return second > end ? second : .max
  }
}
