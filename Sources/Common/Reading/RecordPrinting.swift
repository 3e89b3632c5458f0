package import Bytes
package import Failures
internal import Files
package import Fields
internal import JSON
internal import Lines
internal import Records
internal import Synchronization
internal import Threads

/// Prints the records of objects as canonical NDJSON, or as routed lines, in the order of the objects, whatever the number of
/// threads.
package struct RecordPrinting: Sendable {
  /// How much text is kept, in bytes, until the turn of its object comes.
  private static let mostKept = 64 << 20

  private enum Form {
    case canonical([String]?)
    case routed(RoutedPiece)
  }

  private let form: Form
  private let skipBad: Int
  private let threads: Int
  private let jobs: Int

  /// Only the members of these names are printed, all where it is nil. `threads` decode; `jobs` objects of a store, which lets
  /// a thread wait, are open at once.
  package init(selecting names: [String]?, skipBad: Int, threads: Int, jobs: Int) {
    form = .canonical(names)
    (self.skipBad, self.threads, self.jobs) = (skipBad, threads, jobs)
  }

  /// Routed lines for so many shards, malformed records among them, and `#end`.
  package init(routing fields: Fields, shards: Int, threads: Int, jobs: Int) {
    form = .routed(RoutedPiece(fields: fields, shards: shards))
    (skipBad, self.threads, self.jobs) = (.max, threads, jobs)
  }

  /// Prints on standard output up to the first malformed record behind `skipBad` ones, or whatever else can't be read: that is
  /// thrown. `passedOver` is told of the others, and `progress` how many objects are done.
  package func run(
    _ locations: [Location], open: @escaping @Sendable (Int) throws(Failure) -> OpenRecords,
    passedOver: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(Failure) {
    let waits = locations.contains { if case .s3 = $0 { true } else { false } }
    let workers = waits ? max(threads, min(jobs, locations.count)) : threads
    let output = PrintedRecords(skipBad: skipBad, passedOver: passedOver, progress: progress)
    let order = OrderedPieces(count: locations.count, mostOpen: workers, mostKept: Self.mostKept) {
      output.take($0, of: $1)
    }
    let objects = OpenObjects(open: open) { output.opened($0, as: $1) }
    let work = { @Sendable (isFirstThread: Bool) in
      while let ticket = order.next(isFirstThread: isFirstThread) {
        self.work(ticket, objects, order)
        order.finish(ticket)
      }
    }
    besides(threads: workers - 1, { work(false) }) { _ in work(true) }
    if let failure = output.failure { throw failure }
    guard case .routed = form else { return }
    try LineOutput.print([Receipt("end", ["lines": String(output.routed)]).text])
  }

  private func work(_ ticket: Ticket, _ objects: OpenObjects, _ order: OrderedPieces) {
    let piece: (any RecordPiece)?
    let pieces: any RecordPieces
    do throws(OpenObjects.Fault) {
      (piece, pieces) = try objects.cut(ticket)
      order.didCut(ticket, isEnd: piece == nil)
    } catch {
      order.didCut(ticket, isEnd: true)
      _ = order.take(error.found, of: ticket)
      return
    }
    guard let piece else {
      _ = order.take(.end, of: ticket)
      return
    }
    switch form {
    case .canonical(let names):
      PieceText(names, skipBad: skipBad, of: pieces).print(piece) { order.take($0, of: ticket) }
    case .routed(let routed): routed.print(piece, of: pieces) { order.take($0, of: ticket) }
    }
  }
}
