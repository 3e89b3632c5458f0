internal import Failures
internal import JSON
internal import Partitions

/// A move as the log keeps it: one line.
struct LoggedMove: Equatable, Sendable {
  let move: Move
  /// Random, drawn for each attempt to make a move: a lost reply can be told from a lost race, and no object ever repeats.
  let commit: String
  /// For a move that can be taken back: the sequence of the one that can be taken back then; nil where there is none.
  let before: Int?

  var sequence: Int { move.sequence }
}

extension LoggedMove {
  var json: JSONValue {
    let batch = move.batch
    return .members([
      ("sequence", .number(move.sequence)), ("at", .text(move.signature.at)),
      ("action", .string(move.action.rawValue)), ("from", .text(move.from)), ("to", .text(move.to)),
      ("who", .string(move.signature.who)), ("why", .text(move.signature.why)), ("commit", .string(commit)),
      ("before", .integer(before)), ("undoes", .integer(move.undoes)), ("lineage", .text(move.lineage)),
      ("fence", .integer(move.fence)), ("policy", .text(batch.policy)), ("skipped", .integer(batch.skipped)),
      ("gap", .integer(batch.gap)), ("objects", .integer(batch.objects)), ("late", .integer(batch.late)),
      ("slice", .text(batch.slice)), ("index", .text(batch.index)), ("every", .integer(batch.every)),
      ("partition_end", .text(batch.partitionEnd)), ("listed", .text(batch.listed)),
      ("picked", .text(batch.picked)), ("built", .text(batch.built)), ("published", .text(batch.published)),
    ])
  }

  init(_ fields: ObjectFields) throws(Failure) {
    guard let action = Move.Action(rawValue: try fields.text("action") ?? "") else {
      throw fields.wrong("action")
    }
    let signature = Move.Signature(
      who: try fields.needed("who", try fields.text("who")),
      at: try fields.needed("at", try fields.instant("at")), why: try fields.text("why"))
    var move = Move(action, from: nil, to: try fields.position("to"), signature)
    move.sequence = try fields.needed("sequence", try fields.count("sequence"))
    move.from = try fields.position("from")
    move.lineage = try fields.text("lineage")
    move.fence = try fields.integer("fence")
    move.undoes = try fields.count("undoes")
    move.batch = try BatchFacts(fields)
    self.move = move
    commit = try fields.id("commit")
    before = try fields.count("before")
  }
}

extension BatchFacts {
  fileprivate init(_ fields: ObjectFields) throws(Failure) {
    policy = try fields.text("policy")
    skipped = try fields.integer("skipped")
    gap = try fields.integer("gap")
    objects = try fields.integer("objects")
    late = try fields.integer("late")
    slice = try fields.text("slice")
    index = try fields.text("index")
    every = try fields.integer("every")
    partitionEnd = try fields.instant("partition_end")
    listed = try fields.instant("listed")
    picked = try fields.instant("picked")
    built = try fields.instant("built")
    published = try fields.instant("published")
  }
}
