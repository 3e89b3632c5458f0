internal import Bytes
internal import Failures
internal import Lines
internal import Objects
internal import Partitions
internal import Publishing
internal import Serving

/// What is to be published: of a batch, or by `--index`.
struct PublishInput: Sendable {
  /// What a person named; nil: what the batch's receipt names.
  private let named: NamedIndex?
  private let batch: Batch
  /// What a build of it follows.
  private let parent: Parent
  /// As a person says.
  private let after: Int?
  private let position: Instant?
  private let stores: Stores

  /// Nil where the input is empty: nothing is due.
  init?(_ index: Location?, _ options: PublishOptions) throws(Failure) {
    (position, stores) = (options.to, options.stores)
    after = options.after
    let told = options.after.map { Parent.exactly($0, lineage: nil) }
    if let index {
      named = try NamedIndex(index, stores: stores)
      parent = told ?? .current
      batch = Batch()
      return
    }
    named = nil
    guard let batch = try Batch.read() else { return nil }
    if let told { parent = told } else { parent = try Parent(of: batch) }
    self.batch = batch
  }

  /// Whether it is from no batch, but `--index`.
  var isNamed: Bool { named != nil }

  var buildID: String? {
    if case .build(let index)? = named { return index.manifest.id }
    return batch.receipt("index")?["id"]
  }

  /// The batch, where another pipe was faster at a target before: there is nothing of it to publish.
  var overtaken: Batch? {
    guard named == nil, batch.receipt("index") == nil,
      batch.receipts.last(where: { $0.word == "published" })?["superseded"] != nil,
      batch.receipts.allSatisfy({ $0.word != "published" || TargetOffer.isTarget($0["location"] ?? "-") })
    else { return nil }
    return batch
  }

  /// For a destination; 64 for what was published already.
  func build() throws(Failure) -> (BuiltIndex, [Receipt], Parent) {
    var built: BuiltIndex
    switch named {
    case .build(let index): built = index
    case .generation(let generation, let place):
      throw Failure(
        .usage, cannot: "publish", generation.manifest(at: place).description,
        because: "it is a generation, and a destination takes a build")
    case nil: built = try BuiltIndex(of: batch, stores: stores)
    }
    if let position { try built.setPosition(position) }
    return (built, named == nil ? batch.receipts : [built.receipt], parent)
  }

  /// For a target: the generation that the batch was published as, or else its build. `isFirst`: of several places that take a
  /// build the first one alone goes by the watermark.
  func offer(isFirst: Bool) throws(Failure) -> TargetOffer {
    if case .generation(let generation, let place)? = named {
      return of(generation, at: place, generation.receipts)
    }
    if let (generation, place) = try published() { return of(generation, at: place, batch.receipts) }
    let (built, receipts, parent) = try build()
    return TargetOffer(built, after: isFirst ? parent : .current, receipts: receipts)
  }

  private func of(_ generation: Generation, at place: Location, _ receipts: [Receipt]) -> TargetOffer {
    let offer = TargetOffer(generation, at: place, receipts: receipts)
    return after.map { offer.following(.exactly($0, lineage: nil)) } ?? offer
  }

  /// For `-`: what is printed, and what its reader's watermark was at, where something tells.
  func change() throws(Failure) -> (index: NamedIndex, receipts: [Receipt], told: Parent) {
    if case .generation(let generation, _)? = named, let named { return (named, generation.receipts, parent) }
    if let (generation, place) = try published() {
      let told = after == nil ? try told(of: generation) : parent
      return (.generation(generation, at: place), batch.receipts, told)
    }
    let (built, receipts, parent) = try build()
    return (.build(built), receipts, parent)
  }

  /// The slice is another pipe's where that was faster, and an older one where it was rolled back to.
  private func told(of generation: Generation) throws(Failure) -> Parent {
    if let overtaken = batch.receipts.last(where: { $0.word == "published" && $0["superseded"] != nil }) {
      return overtaken["after-generation"].flatMap { Int($0) }.map { .exactly($0, lineage: nil) } ?? .current
    }
    return generation.rollback == nil ? parent : .current
  }

  /// What the last destination in the receipt says; nil where there is none.
  private func published() throws(Failure) -> (Generation, at: Location)? {
    let receipt = batch.receipts.last {
      $0.word == "published" && !TargetOffer.isTarget($0["location"] ?? "-")
    }
    guard let receipt, let location = receipt.location("location") else { return nil }
    guard let number = Int(receipt["generation"] ?? "") else {
      throw Failure(.badData, cannot: "read", "standard input", because: "#published has no generation")
    }
    guard let generation = try Destination(location, stores: stores).generation(number),
      receipt["lineage"].map({ $0 == generation.lineage }) ?? true
    else {
      throw Failure(
        .noInput, cannot: "read", "generation \(number) of \(location)",
        because: "it is not there, or no longer (--index \(location) takes the current one)")
    }
    return (generation, location)
  }
}
