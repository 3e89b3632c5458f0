internal import Failures
internal import Objects
internal import Partitions
internal import Threads

/// One run of a listing: down to the level of the plan, and flat from there, in stretches on several threads. What was
/// found is given in order, as it becomes certain that nothing comes before it.
struct ListingRun: Sendable {
  let listing: Listing
  let plan: ListingPlan

  func run(_ take: (ListedObjects) throws(Failure) -> Void) throws(Failure) {
    let queue: Monitor<ListingQueue>
    do { queue = Monitor(try start()) } catch { throw failure(error) }
    let threads = listing.jobs > 1 ? listing.jobs : 0
    try besides(threads: threads, { while work(on: queue) {} }) { (threads) throws(Failure) in
      // Nobody is to wait for room that nobody makes.
      defer { queue.change { $0.stop() } }
      var isOver = false
      while !isOver {
        let ready = threads == 0 ? queue.change { $0.ready() } : queue.wait { $0.ready() }
        guard let ready else {
          _ = work(on: queue)
          continue
        }
        var objects: ListedObjects
        do throws(StoreError) { (objects, isOver) = try ready.get() } catch { throw failure(error) }
        objects.sort()
        if !objects.isEmpty { try take(objects) }
        queue.change { $0.isPrinted() }
      }
    }
  }

  private func failure(_ error: StoreError) -> Failure { error.failure(cannot: "list", listing.location) }

  private func start() throws(StoreError) -> ListingQueue {
    let range = listing.span
    let directories =
      range.isEmpty
      ? [] : try ListingWalk(listing: listing, range: range).directories(at: plan.flatFrom)
    let sizes = StretchSizes(listing, plan, directories, over: range)
    let stretches = directories.map {
      ListingStretch(FlatListing(listing, below: $0, from: plan.flatFrom, over: range), sizes)
    }
    return ListingQueue(stretches, ListedObjects(below: listing.root), sizes)
  }

  /// False when there is nothing left to do.
  private func work(on queue: Monitor<ListingQueue>) -> Bool {
    guard case .list(let stretch) = queue.wait({ $0.next() }) else { return false }
    var found = ListedObjects(below: listing.root)
    do throws(StoreError) {
      let rest = try stretch.list(into: &found) { queue.wait { $0.goesOn } }
      found.sort()
      queue.change { [found] in $0.finish(stretch.start, found, rest) }
    } catch { queue.change { $0.fail(error) } }
    return true
  }
}
