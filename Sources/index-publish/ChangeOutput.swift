internal import Bytes
internal import Changes
internal import Console
internal import Failures
internal import Files
internal import JSON
internal import Lines
internal import Objects
internal import Publishing
internal import Serving

/// `-`: the change as lines of JSON, closed by one that says so.
///
///     {"op":"add","id":"a1","group":"i1","document":{...}}      with keys: the id, a tab, and that
///     {"op":"delete","id":"a2","group":"i1"}
///     {"op":"end","generation":812,"to":"...","adds":1,"deletes":1}        not with keys: the exit tells
struct ChangeOutput {
  let options: PublishOptions
  let withKey: Bool
  /// Where the receipt is written to when all was printed; nil: nowhere.
  let receipt: String?
  let from: String?

  func write(_ input: PublishInput?) throws {
    guard let input else {
      if let receipt { try save(nil, to: receipt) }
      return try options.nothing()
    }
    let (offer, built) = try input.change()
    let new = try IndexState(offer.location, stores: options.stores, asBase: options.asBase)
    let (old, predecessor) = try old(offer, built, sharing: new)
    let change = try IndexChange(
      from: old.map { [$0] } ?? [], to: new, keepExpired: options.targetOrder.keepExpired)
    try pass(change, from: old, to: new)
    let number = offer.published?.number ?? predecessor + 1
    if options.order.dryRun {
      return options.console.note("would print \(change.adds) documents to add, \(change.deletes) to delete")
    }
    try print(change, generation: number, position: offer.position)
    var published = Receipt("published")
    published.append("generation", number)
    published.append("to", offer.position)
    published.append("uploaded", change.adds + change.deletes)
    published.append("adds", change.adds)
    published.append("deletes", change.deletes)
    if let lineage = offer.published?.lineage ?? offer.lineage { published.append("lineage", lineage) }
    published.append("location", "-")
    // First the word: a watermark that is advanced by the receipt finds the build that it stands at.
    built?.leaveWord(published)
    if let receipt { try save(Batch(receipts: offer.receipts + [published]), to: receipt) }
  }

  /// The state that the reader of the lines has, and the number of its generation.
  private func old(
    _ offer: TargetOffer, _ built: BuiltIndex?, sharing new: IndexState
  ) throws(Failure) -> (IndexState?, generation: Int) {
    let after: Int? = if case .exactly(let number, _) = offer.parent { number } else { nil }
    if let from {
      guard from != "none" else { return (nil, after ?? 0) }
      guard let location = Location(argument: from) else {
        throw PublishOptions.usage("--from: '\(from)' is no location")
      }
      let state = try IndexState(location, stores: options.stores, asBase: options.asBase, sharing: [new])
      return (state, after ?? 0)
    }
    guard !offer.isUntold else {
      throw Failure(
        .refused,
        "cannot print the change: another pipe was faster, and the receipt does not say which generation the reader of the"
          + " lines has (--after-generation, --from)")
    }
    let position = Batch(receipts: offer.receipts).receipt("slice")?["after"]
    let found =
      try offer.predecessor(stores: options.stores)
      ?? built?.predecessor(after: offer.parent, position: position)
    let told = offer.told
    if let told, told > 0, found?.generation != told {
      throw Failure(
        .refused,
        "cannot print the change: the state of generation \(told), which its reader has, is gone"
          + " (--from none prints all documents as adds, and nothing of what was deleted)")
    }
    guard let found else {
      options.console.note("all documents are printed: no state before this one is known (see --from)")
      return (nil, after ?? 0)
    }
    let state = try IndexState(found.location, stores: options.stores, asBase: options.asBase, sharing: [new])
    return (state, after ?? found.generation)
  }

  private func pass(_ change: IndexChange, from old: IndexState?, to new: IndexState) throws(Failure) {
    let guards = options.order.guards
    let had = change.deletes > 0 ? try old?.documents ?? 0 : 0
    let left = guards.minDocuments > 0 ? try new.documents : .max
    for objection in guards.objections(toDeleting: change.deletes, of: had, leaving: left) {
      guard options.order.force else { throw Failure(.refused, "cannot print the change: \(objection)") }
      options.console.note("forced, although \(objection)")
    }
  }

  private func print(_ change: IndexChange, generation: Int, position: String) throws(Failure) {
    var output = LineOutput()
    try change.forEachGroup { (group) throws(Failure) in
      for document in group.documents { try output.write(try line(document, of: group.group)) }
    }
    if !withKey {
      let end = JSONValue.object([
        .init("op", "end"), .init("generation", .number(generation)), .init("to", .string(position)),
        .init("adds", .number(change.adds)), .init("deletes", .number(change.deletes)),
      ])
      try output.write(end.text)
    }
    try output.flush()
  }

  private func line(_ change: DocumentChange, of group: [UInt8]) throws(Failure) -> [UInt8] {
    var line: [UInt8] = []
    if withKey {
      guard change.id.allSatisfy({ $0 >= 0x20 }) else {
        throw Failure(
          .badData, cannot: "print", PercentEncoding.encodeForLine(change.id),
          because: "this id has a control character in it, which no key of a line can have (see --with-key)")
      }
      line = change.id + [UInt8(ascii: "\t")]
    }
    let op = change.document == nil ? "delete" : "add"
    line += Array(#"{"op":"\#(op)","id":"#.utf8)
    JSONValue.write(String(decoding: change.id, as: UTF8.self), to: &line)
    line += Array(#","group":"#.utf8)
    JSONValue.write(String(decoding: group, as: UTF8.self), to: &line)
    if let document = change.document { line += Array(#","document":"#.utf8) + document }
    line.append(UInt8(ascii: "}"))
    return line
  }

  /// Whole or not at all; an empty file where nothing is due.
  private func save(_ batch: Batch?, to path: String) throws(Failure) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    guard !name.isEmpty else { throw PublishOptions.usage("--receipt '\(path)' names no file") }
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let file = try TemporaryFile(in: try Directory.open(folder))
    if let batch { try BatchWriter.print(batch, to: file.descriptor, json: options.json) }
    try file.commit(as: name)
  }
}
