internal import Bytes
internal import Console
internal import Failures
internal import Files
internal import Glibc
internal import JSON
internal import Lines
internal import Objects
internal import Partitions
internal import Publishing

extension PublishOptions {
  func publish(_ location: Location?) throws {
    if let location {
      let built = try BuiltIndex(location, stores: stores)
      return try publish(built, receipts: [built.receipt], after: .current)
    }
    console.status("waiting for the receipt")
    guard let batch = try Batch.read() else {
      console.detail("nothing to publish: the input is empty")
      return try nothing()
    }
    let built = try BuiltIndex(of: batch, stores: stores)
    try publish(built, receipts: batch.receipts, after: try Parent(of: batch))
  }

  private func warn() { for doubt in destination.doubts() { console.note(doubt) } }

  private func publish(_ built: BuiltIndex, receipts: [Receipt], after parent: Parent) throws {
    warn()
    var built = built
    if let to { try built.setPosition(to) }
    var order = order
    // A base follows any generation: it does not take the place of what a batch published.
    order.parent = asBase ? .current : after.map { .exactly($0, lineage: nil) } ?? parent
    let change: Change = asBase ? .base(built.manifest) : .delta(built.manifest)
    console.status("publishing \(built.location) to \(destination.location)")
    let outcome = try publisher.publish(change, from: built.files, receipts: receipts, order)
    if !order.dryRun, let word = outcome.word(at: destination.location, after: order.parent) {
      built.leaveWord(word)
    }
    try finish(outcome)
  }

  func roll(backTo number: Int) throws {
    warn()
    guard let older = try destination.history().first(where: { $0.number == number }) else {
      throw Failure(
        .noInput, cannot: "roll back to", "generation \(number)",
        because: "\(destination.location) does not have it, or no longer")
    }
    var order = order
    if let after { order.parent = .exactly(after, lineage: nil) }
    try finish(
      try publisher.publish(.rollback(older), from: .of(destination), receipts: older.receipts, order))
  }

  private var publisher: Publisher { Publisher(destination) { [console] in console.note($0) } }

  private func finish(_ outcome: Publisher.Outcome) throws {
    switch outcome {
    case .published(let generation, let uploaded):
      console.detail("published generation \(generation.number), \(uploaded) files sent")
    case .superseded(let generation, _):
      console.note(
        "another pipe was faster: generation \(generation.number) is published, and nothing of this batch")
    case .unchanged(let generation):
      console.detail("nothing to publish: generation \(generation.number) is this very index")
      return try nothing()
    case .rehearsed: break
    }
    if let batch = outcome.batch(at: destination.location) { try BatchWriter.print(batch, json: json) }
  }

  func printPosition() throws {
    let generation = try destination.current()?.generation
    let position = asBase ? generation?.base?.index.position : generation?.position
    guard let position, !position.isEmpty else { return try nothing() }
    try LineOutput.print([json ? JSONValue.object([.init("position", .string(position))]).text : position])
  }

  func printList() throws {
    let generations = try destination.history()
    if generations.isEmpty { return try nothing() }
    try LineOutput.print(
      generations.enumerated().map { index, generation in
        json
          ? generation.summary(isCurrent: index == 0, at: destination.location).text
          : generation.line(isCurrent: index == 0, at: destination.location)
      })
  }

  func collect(_ garbage: Garbage) throws {
    warn()
    let now = Instant.now.seconds
    let names = try garbage.find(now: now)
    let given = try giveUp(garbage, now)
    if names.isEmpty && given == 0 { return try nothing() }
    for name in names {
      let location = destination.location.appending(name).description
      if order.dryRun {
        console.note("would remove \(location)")
      } else {
        try garbage.remove(name)
        try LineOutput.print([json ? JSONValue.object([.init("removed", .string(location))]).text : location])
      }
    }
  }

  /// How many uploads of dead writers there were. Whoever may not list them can still collect the rest.
  private func giveUp(_ garbage: Garbage, _ now: Int64) throws(Failure) -> Int {
    let uploads: [(name: String, write: UnfinishedWrite)]
    do throws(Failure) { uploads = try garbage.unfinished(now: now) } catch {
      guard error.exit == .permission else { throw error }
      console.note(error.message)
      return 0
    }
    for (name, write) in uploads {
      if !order.dryRun { try garbage.abandon(name, write) }
      let location = destination.location.appending(name)
      console.note("\(order.dryRun ? "would abandon" : "abandoned") the unfinished upload of \(location)")
    }
    return uploads.count
  }

  private func nothing() throws { if emptyFails { throw QuietExit(.refused) } }
}

extension Instant {
  /// The clock, read here alone.
  static var now: Instant { Instant(seconds: Int64(time(nil))) }
}
