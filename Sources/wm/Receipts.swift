internal import Failures
internal import Lines
internal import Partitions
internal import Watermarks

// From the receipt to what a watermark is advanced by:
//
//     #slice      every=300  policy=rate  objects=61  skipped=0  gap=0  hash=...
//     #index      id=...  [late=...]
//     #published  generation=812  to=...  lineage=...  [fence=...  lease=...]  [rollback=...]  [force=...]
//                 [superseded=...  after-generation=...]
//
// The position is that of #published. Where another pipe was faster (superseded=) the receipts before it are those of
// its batch; or, where a person published by hand, there is no #index, and #slice is of a batch that never became visible.
//
// With --slice it is that of #slice, which has not become an index: the generations are then counted here, one for each
// slice that was done, and are of a lineage of their own.
struct PublishedReceipt {
  private(set) var published: Published
  /// So that the times of this pipe's stages are those of the batch.
  let isOfThisPipe: Bool

  init(_ batch: Batch) throws(Failure) {
    guard let last = batch.receipt("published") else {
      throw refusal("no #published: is index-publish missing? (For a command of your own: --slice)")
    }
    guard let slice = batch.receipt("slice").map(ReceiptFields.init) else {
      throw refusal("no #slice: without one there is nothing to advance to")
    }
    let fields = ReceiptFields(last)
    let index = batch.receipt("index").map(ReceiptFields.init)
    published = try Published(fields)
    published.batch = try BatchFacts(slice, index, published.position)
    let isOfSlice = try slice.instant("to") == published.position
    let isSuperseded = fields.says("superseded")
    if !isOfSlice || (isSuperseded && index == nil) { published.batch = published.batch.withoutSlice }
    isOfThisPipe = isOfSlice && !isSuperseded
  }

  /// Of a slice that a command of the user's own has done. What the slice was listed after tells its generation, so that the
  /// same slice counts once, and of two that were listed after the same the first.
  init(slice batch: Batch) throws(Failure) {
    for word in ["published", "index"] where batch.receipt(word) != nil {
      throw refusal("it has #\(word): leave out --slice, so that the watermark follows what is published")
    }
    guard let slice = batch.receipt("slice").map(ReceiptFields.init) else {
      throw refusal("no #slice: without one there is nothing to advance to")
    }
    let before = try slice.count("generation")
    if before == nil, try slice.instant("after") != nil {
      throw refusal("#slice has no generation=: list with --after \"$(wm get -g NAME)\"")
    }
    let (generation, isTooLarge) = (before ?? 0).addingReportingOverflow(1)
    guard !isTooLarge else { throw refusal("#slice has a generation= that is none") }
    published = Published(
      position: try slice.needed("to", try slice.instant("to")), generation: generation,
      lineage: Published.slices)
    published.batch = try BatchFacts(slice, nil, published.position)
    isOfThisPipe = true
  }

  mutating func stamp(_ times: (listed: Instant?, picked: Instant?, built: Instant?, published: Instant?)) {
    guard isOfThisPipe else { return }
    (published.batch.listed, published.batch.picked) = (times.listed, times.picked)
    (published.batch.built, published.batch.published) = (times.built, times.published)
  }
}

extension Published {
  fileprivate init(_ fields: ReceiptFields) throws(Failure) {
    let generation = try fields.needed("generation", try fields.count("generation"))
    guard generation > 0 else { throw refusal("#published is of generation 0") }
    self.init(
      position: try fields.needed("to", try fields.instant("to")), generation: generation,
      lineage: try fields.token("lineage"), movedBack: fields.says("rollback") || fields.says("force"))
    fence = try fields.count("fence")
  }
}

private func refusal(_ reason: String) -> Failure {
  Failure(.badData, cannot: "advance by", "standard input", because: reason)
}

extension BatchFacts {
  fileprivate init(_ slice: ReceiptFields, _ index: ReceiptFields?, _ position: Instant) throws(Failure) {
    self.init()
    every = try slice.count("every")
    partitionEnd = every.map { position + Int64($0) }
    policy = try slice.token("policy")
    skipped = try slice.count("skipped")
    gap = try slice.count("gap")
    objects = try slice.count("objects")
    self.slice = try slice.token("hash")
    self.index = try index?.token("id")
    late = try index?.count("late")
  }

  /// What holds of the position whatever the slice.
  fileprivate var withoutSlice: BatchFacts {
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
    guard let value else { throw refusal("#\(receipt.word) has no \(key)=") }
    return value
  }

  private func value(_ key: String) -> String? { receipt[key].flatMap { $0.isEmpty ? nil : $0 } }

  private func wrong(_ key: String) -> Failure {
    refusal("#\(receipt.word) has a \(key)= that is none")
  }
}
