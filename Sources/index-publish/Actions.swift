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

// What is asked of a destination beside publishing to it.

extension PublishOptions {
  func roll(_ destination: Destination, backTo number: Int) throws {
    warn(destination)
    guard let older = try destination.history().first(where: { $0.number == number }) else {
      throw Failure(
        .noInput, cannot: "roll back to", "generation \(number)",
        because: "\(destination.location) does not have it, or no longer")
    }
    var order = order
    if let after { order.parent = .exactly(after, lineage: nil) }
    let outcome = try Publisher(destination) { [console] in console.note($0) }.publish(
      .rollback(older), from: .of(destination), receipts: older.receipts, order)
    say(outcome)
    if case .unchanged = outcome { return try nothing() }
    if !order.dryRun, let batch = outcome.batch(at: destination.location) {
      try BatchWriter.print(batch, json: json)
    }
  }

  func printPosition(of destination: Destination) throws {
    let generation = try destination.current()?.generation
    try printPosition(asBase ? generation?.base?.index.position : generation?.position)
  }

  func printPosition(_ position: String?) throws {
    guard let position, !position.isEmpty else { return try nothing() }
    try LineOutput.print([json ? JSONValue.object([.init("position", .string(position))]).text : position])
  }

  func printList(of destination: Destination) throws {
    let generations = try destination.history()
    if generations.isEmpty { return try nothing() }
    try LineOutput.print(
      generations.enumerated().map { index, generation in
        json
          ? generation.summary(isCurrent: index == 0, at: destination.location).text
          : generation.line(isCurrent: index == 0, at: destination.location)
      })
  }

  func collect(_ destination: Destination) throws {
    warn(destination)
    let garbage = Garbage(destination, keep: keep, grace: grace)
    let now = Instant.now.seconds
    let names = try garbage.find(now: now)
    let given = try giveUp(garbage, now, destination)
    if names.isEmpty && given == 0 { return try nothing() }
    for name in names {
      if !order.dryRun { try garbage.remove(name) }
      try printRemoved(destination.location.appending(name).description)
    }
  }

  func printRemoved(_ name: String) throws(Failure) {
    if order.dryRun { return console.note("would remove \(name)") }
    try LineOutput.print([json ? JSONValue.object([.init("removed", .string(name))]).text : name])
  }

  /// How many uploads of dead writers there were. Whoever may not list them can still collect the rest.
  private func giveUp(_ garbage: Garbage, _ now: Int64, _ destination: Destination) throws(Failure) -> Int {
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
}

extension Instant {
  /// The clock, read here alone.
  static var now: Instant { Instant(seconds: Int64(time(nil))) }
}
