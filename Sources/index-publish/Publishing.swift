internal import Console
internal import Failures
internal import Lines
internal import Publishing
internal import Serving
internal import Threads

extension PublishOptions {
  /// The first place counts: its `#published`, and its exit. All others are tried, whatever came of it, and side by side.
  func publish(_ input: PublishInput) throws {
    guard let place = places.first else { return }
    console.status("publishing")
    let first = PlaceResult.of { () throws(Failure) in
      try publish(input, to: place, isFirst: true, following: nil)
    }
    let others = places.dropFirst().map { $0 }
    let results = parallelMap(count: others.count, threads: max(others.count, 1)) { index in
      PlaceResult.of { () throws(Failure) in
        try publish(input, to: others[index], isFirst: false, following: (place, first))
      }
    }
    let failures = results.compactMap(\.failure)
    for failure in failures { Terminal.say("\(console.tool): \(failure.message)") }
    if let failure = first.failure { throw failure }
    if !order.dryRun, var batch = first.batch {
      batch.receipts += results.compactMap(\.taken)
      try BatchWriter.print(batch, json: json)
    }
    if failures.contains(where: { !$0.passes }) { throw QuietExit(.refused) }
    if first.batch == nil, !order.dryRun { try nothing() }
  }

  private func publish(
    _ input: PublishInput, to place: Place, isFirst: Bool, following: (place: Place, result: PlaceResult)?
  ) throws(Failure) -> PlaceResult {
    console.status("publishing to \(place.name)", of: place.name)
    defer { console.status(nil, of: place.name) }
    switch place {
    case .destination(let destination):
      // Read before the first place is looked at once more: another pipe is noticed there, or by what has come here since.
      let there = isFirst ? nil : try destination.current()?.generation.number ?? 0
      if try isOvertaken(input, at: following) { return left(place) }
      return try publish(input, to: destination, isFirst: isFirst, after: there)
    case .target(let target):
      guard var offer = try offer(input, isFirst: isFirst, following: following) else {
        console.note(
          "\(target.name) is sent nothing: nothing is published at \(places[0].name), which it follows")
        return .done(batch: nil, generation: nil)
      }
      if offer.published == nil, !isFirst, !asBase {
        offer = offer.following(.exactly(try target.state()?.taken.generation ?? 0, lineage: nil))
        if try isOvertaken(input, at: following) { return left(place) }
      }
      return try publish(
        asBase ? offer.following(.current) : offer, to: target, wordBeside: isFirst ? input : nil)
    case .output: return .done(batch: nil, generation: nil)
    }
  }

  /// Whether another build than this one is published at the first place by now: not where a run before this one was killed when
  /// it had published there.
  private func isOvertaken(
    _ input: PublishInput, at first: (place: Place, result: PlaceResult)?
  ) throws(Failure) -> Bool {
    guard let first, !asBase, let published = first.result.batch?.receipt("published") else { return false }
    if published["superseded"] != nil,
      first.place.destination == nil || first.result.batch?.receipt("index")?["id"] != input.buildID
    {
      return true
    }
    // Behind a base that came since, ours is the newest batch.
    let there: [Int?]
    switch first.place {
    case .destination(let destination):
      let generation = try destination.current()?.generation
      there = [generation?.number, generation?.batch]
    case .target(let target):
      let state = try target.state()
      there = [state?.taken.generation, state?.batch]
    case .output: return false
    }
    return !there.contains(published["generation"].flatMap { Int($0) })
  }

  /// A build that was overtaken at the first place is no newer than what the other pipe brings to this one.
  private func left(_ place: Place) -> PlaceResult {
    console.note("\(place.name) is left to the pipe that was faster")
    return .done(batch: nil, generation: nil)
  }

  /// Behind a destination a target takes what is published there: this batch's generation, or the one that is there although
  /// this batch's is not. Nil: there is none, or none yet.
  private func offer(
    _ input: PublishInput, isFirst: Bool, following: (place: Place, result: PlaceResult)?
  ) throws(Failure) -> TargetOffer? {
    guard let following, case .destination(let destination) = following.place else {
      return try input.offer(isFirst: isFirst)
    }
    if order.dryRun { return nil }
    var published: Generation?
    if case .done(_, let generation) = following.result { published = generation }
    if published == nil { published = try destination.current()?.generation }
    return published.map {
      TargetOffer($0, at: destination.location, receipts: following.result.batch?.receipts ?? [])
    }
  }

  private func publish(
    _ input: PublishInput, to destination: Destination, isFirst: Bool, after there: Int?
  ) throws(Failure) -> PlaceResult {
    warn(destination)
    let (built, receipts, parent) = try input.build()
    var order = order
    // A base follows any generation: it does not take the place of what a batch published.
    order.parent = asBase ? .current : there.map { .exactly($0, lineage: nil) } ?? parent
    let change: Change = asBase ? .base(built.manifest) : .delta(built.manifest)
    let outcome = try Publisher(destination) { [console] in console.note($0) }.publish(
      change, from: built.files, receipts: receipts, order)
    if isFirst, !order.dryRun, let word = outcome.word(at: destination.location, after: order.parent) {
      built.leaveWord(word)
    }
    say(outcome)
    return .done(batch: outcome.batch(at: destination.location), generation: outcome.current)
  }

  private func publish(
    _ offer: TargetOffer, to target: any ServingTarget, wordBeside input: PublishInput?
  ) throws(Failure) -> PlaceResult {
    var publisher = TargetPublisher(target, stores: stores, targetOrder) { [console] in console.note($0) }
    publisher.progress = { [console] sent, all in
      console.status("publishing to \(target.name): \(sent) of \(all.counted("document"))", of: target.name)
    }
    let outcome: TargetOutcome
    do throws(Failure) { outcome = try publisher.publish(offer) } catch { throw error.naming(target) }
    switch outcome {
    case .published(let state, let sent):
      console.detail(
        "\(target.name) has generation \(state.taken.generation): \(sent.adds) sent, \(sent.deletes) deleted")
    case .superseded(let state):
      console.note(
        "\(target.name) has generation \(state.taken.generation), and is sent nothing older: another pipe was faster,"
          + " or an older generation was named")
    case .there(let state):
      console.detail("nothing to send: \(target.name) has generation \(state.taken.generation)")
    case .unchanged: console.detail("nothing to send: \(target.name) has this very index")
    case .rehearsed: break
    }
    if offer.published == nil, let input {
      switch outcome {
      case .published, .there:
        let (built, _, _) = try input.build()
        outcome.receipt("published", of: target.name).map(built.leaveWord)
      case .superseded, .unchanged, .rehearsed: break
      }
    }
    return .done(batch: outcome.batch(of: offer.receipts, at: target.name), generation: nil)
  }

  func say(_ outcome: Publisher.Outcome) {
    switch outcome {
    case .published(let generation, let uploaded):
      console.detail("published generation \(generation.number), \(uploaded.counted("file")) sent")
    case .superseded(let generation, _):
      console.note(
        "another pipe was faster: generation \(generation.number) is published, and nothing of this batch")
    case .unchanged(let generation):
      console.detail("nothing to publish: generation \(generation.number) is this very index")
    case .rehearsed: break
    }
  }

  func nothing() throws { if emptyFails { throw QuietExit(.refused) } }

  func warn(_ destination: Destination) { for doubt in destination.doubts() { console.note(doubt) } }
}

extension Publisher.Outcome {
  /// What the destination has now; nil where that was not to be seen.
  var current: Generation? {
    switch self {
    case .published(let generation, _): generation
    case .superseded(let generation, _): generation
    case .unchanged(let generation): generation
    case .rehearsed: nil
    }
  }
}
