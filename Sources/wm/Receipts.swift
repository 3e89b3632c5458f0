internal import Failures
internal import Lines
internal import Partitions
internal import Watermarks

// From the receipt to what a watermark is advanced by:
//
//     #slice      every=300  policy=rate  objects=61  skipped=0  gap=0  hash=...
//     #index      id=...
//     #published  generation=812  to=...  lineage=...  [fence=...]  [rollback=...]  [force=...]  [superseded=...]
//
// The position is that of #published, for another pipe may have been faster: then #slice and #index are of a batch
// that never became visible, and only #published counts.
extension Published {
  init(_ batch: Batch) throws(Failure) {
    guard let published = batch.receipt("published") else {
      throw Self.refuse("no #published: is index-publish missing?")
    }
    guard let slice = batch.receipt("slice") else {
      throw Self.refuse("no #slice: without one there is nothing to advance to")
    }
    let fields = ReceiptFields(published)
    let generation = try fields.needed("generation", try fields.count("generation"))
    guard generation > 0 else { throw Self.refuse("#published is of generation 0") }
    self.init(
      position: try fields.needed("to", try fields.instant("to")), generation: generation,
      lineage: try fields.token("lineage"), movedBack: fields.says("rollback") || fields.says("force"))
    fence = try fields.count("fence")
    self.batch = try Self.facts(
      ReceiptFields(slice), batch.receipt("index").map(ReceiptFields.init), position)
    if fields.says("superseded") { self.batch = self.batch.ofAnotherPipe }
  }

  /// False where the receipt is of another pipe that was faster.
  var isOfThisPipe: Bool { batch.slice != nil }

  private static func facts(
    _ slice: ReceiptFields, _ index: ReceiptFields?, _ position: Instant
  ) throws(Failure) -> BatchFacts {
    var facts = BatchFacts()
    facts.every = try slice.count("every")
    facts.partitionEnd = facts.every.map { position + Int64($0) }
    facts.policy = try slice.token("policy")
    facts.skipped = try slice.count("skipped")
    facts.gap = try slice.count("gap")
    facts.objects = try slice.count("objects")
    facts.slice = try slice.token("hash")
    facts.index = try index?.token("id")
    return try slice.instant("to") == position ? facts : facts.ofAnotherPipe
  }

  fileprivate static func refuse(_ reason: String) -> Failure {
    Failure(.badData, cannot: "advance by", "standard input", because: reason)
  }
}

extension BatchFacts {
  /// What also holds of a batch of somebody else's over the same partitions.
  fileprivate var ofAnotherPipe: BatchFacts {
    var facts = BatchFacts()
    facts.every = every
    facts.partitionEnd = partitionEnd
    return facts
  }
}

/// The values of a receipt line, each checked before anything is made of it. An empty one counts as none.
private struct ReceiptFields {
  let receipt: Receipt

  init(_ receipt: Receipt) { self.receipt = receipt }

  func says(_ key: String) -> Bool { !["", "0", "no", "false"].contains(receipt[key] ?? "") }

  func count(_ key: String) throws(Failure) -> Int? {
    guard let text = value(key) else { return nil }
    guard let number = Int(text), number >= 0 else { throw wrong(key) }
    return number
  }

  func instant(_ key: String) throws(Failure) -> Instant? {
    guard let text = value(key) else { return nil }
    guard let instant = Instant(line: text) else { throw wrong(key) }
    return instant
  }

  /// A hash, an id, a word: 1 to 128 printable characters of ASCII.
  func token(_ key: String) throws(Failure) -> String? {
    guard let text = value(key) else { return nil }
    guard text.utf8.count <= 128, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw wrong(key) }
    return text
  }

  func needed<T>(_ key: String, _ value: T?) throws(Failure) -> T {
    guard let value else { throw Published.refuse("#\(receipt.word) has no \(key)=") }
    return value
  }

  private func value(_ key: String) -> String? { receipt[key].flatMap { $0.isEmpty ? nil : $0 } }

  private func wrong(_ key: String) -> Failure {
    Published.refuse("#\(receipt.word) has a \(key)= that is none")
  }
}
