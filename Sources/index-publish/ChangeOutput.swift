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
///     {"op":"add","id":"a1","group":"i1","document":{...}}      with keys: the id, encoded, a tab, and that
///     {"op":"delete","id":"a2","group":"i1"}
///     {"op":"end","generation":812,"to":"...","adds":1,"deletes":1}        not with keys: the exit tells
struct ChangeOutput {
  private let options: PublishOptions
  private let withKey: Bool
  private let from: String?
  /// Where the receipt is written to when all was printed; nil: nowhere.
  private let file: NamedOutput?

  init(_ options: PublishOptions, _ change: ChangeOptions, _ file: NamedOutput?) {
    (self.options, withKey, from, self.file) = (options, change.withKey, change.from, file)
  }

  func write(_ input: PublishInput?) throws {
    guard let input else {
      try file?.write { _ in }
      return try options.nothing()
    }
    let (index, receipts, told) = try input.change()
    let new = try IndexState(index.location, stores: options.stores)
    var reader = try ReaderStates(of: index, told: told, from: try base(), stores: options.stores)
    let old = try reader.open(options.stores, sharing: new)
    let isFirst = old.allSatisfy(\.locations.isEmpty)
    if isFirst, from == nil {
      options.console.note("all documents are printed: no state before this one is known (see --from)")
    }
    let change = try IndexChange(
      from: isFirst ? [] : old, to: new, keepExpired: options.targetOrder.keepExpired)
    try pass(change, from: old, to: new)
    if options.order.dryRun {
      let adds = change.adds.counted("document")
      return options.console.note("would print \(adds) to add, \(change.deletes) to delete")
    }
    let number = reader.generation(behind: receipts.last { $0.word == "published" })
    // What a person looks at comes to no reader whose watermark could follow.
    let isLook = input.isNamed && file == nil
    let lock = isLook ? nil : try reader.begin(number)
    try withExtendedLifetime(lock) { () throws(Failure) in
      try print(change, generation: number, position: index.position)
      if isLook { return }
      let published = published(change, generation: number, of: index, told)
      // First the word: a watermark that is advanced by the receipt finds the build that it stands at.
      if case .build(let built) = index { built.leaveWord(published) }
      try hand(on: Batch(receipts: receipts + [published]))
    }
  }

  private func hand(on batch: Batch) throws(Failure) {
    try file?.write { (descriptor) throws(Failure) in
      try BatchWriter.print(batch, to: descriptor, json: options.json)
    }
  }

  /// What `--from` says.
  private func base() throws(Failure) -> Location?? {
    guard let from else { return nil }
    if from == "none" { return .some(nil) }
    guard let location = Location(argument: from) else {
      throw PublishOptions.usage("--from: '\(from)' is no location")
    }
    return location
  }

  private func published(
    _ change: IndexChange, generation: Int, of index: NamedIndex, _ told: Parent
  ) -> Receipt {
    var published = Receipt("published")
    published.append("generation", generation)
    published.append("to", index.position)
    published.append("uploaded", change.adds + change.deletes)
    published.append("adds", change.adds)
    published.append("deletes", change.deletes)
    if case .generation(let generation, _) = index {
      published.append("lineage", generation.lineage)
    } else if case .exactly(_, let lineage?) = told {
      published.append("lineage", lineage)
    }
    published.append("location", "-")
    return published
  }

  private func pass(_ change: IndexChange, from old: [IndexState], to new: IndexState) throws(Failure) {
    let guards = options.order.guards
    // Of several states no one tells how much of each the reader has: no less than what is to go.
    var had = change.deletes
    if had > 0 { for state in old { had = max(had, try state.documents) } }
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
    var line = withKey ? Self.key(change.id) + [UInt8(ascii: "\t")] : []
    let op = change.document == nil ? "delete" : "add"
    line += Array(#"{"op":"\#(op)","id":"#.utf8)
    JSONValue.write(String(decoding: change.id, as: UTF8.self), to: &line)
    line += Array(#","group":"#.utf8)
    JSONValue.write(String(decoding: group, as: UTF8.self), to: &line)
    if let document = change.document { line += Array(#","document":"#.utf8) + document }
    line.append(UInt8(ascii: "}"))
    return line
  }
}

extension ChangeOutput {
  /// The id, without what would break a line: `%` and control characters are percent-encoded.
  private static func key(_ id: [UInt8]) -> [UInt8] {
    id.flatMap { byte in
      byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "%")
        ? Array(PercentEncoding.encodeForLine([byte]).utf8) : [byte]
    }
  }
}

extension NamedIndex {
  /// Its .json.
  fileprivate var location: Location {
    switch self {
    case .build(let built): built.location
    case .generation(let generation, let place): generation.manifest(at: place)
    }
  }

  fileprivate var position: String {
    switch self {
    case .build(let built): built.manifest.position
    case .generation(let generation, _): generation.position
    }
  }
}
