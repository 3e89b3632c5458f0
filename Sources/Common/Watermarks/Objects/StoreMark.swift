internal import Failures
internal import JSON
internal import Objects

// store.json: that the store was asked whether it keeps its conditions, and what a person had said if it does not.
//
//     {"format":1,"writers":"many"}
//     {"checksum":"<64 hex>"}
//
// It is read only where a name has no object yet: each object has its `writers` with it.
struct StoreMark: SealedObject {
  static let remedy = "delete it, and the store is asked again"
  static let file = "store.json"

  let writers: Writers

  init(_ writers: Writers) { self.writers = writers }

  init(_ lines: SealedLines) throws(Failure) { writers = try lines.first.writers() }

  var bytes: [UInt8] {
    SealedLines.bytes([
      .members([("format", .number(SealedLines.format)), ("writers", .string(writers.rawValue))])
    ])
  }
}

extension ObjectPlace {
  /// How the first object of a name may be written: as the store's mark says; where there is none yet, the store is asked
  /// whether it keeps its conditions, unless `--unsafe-single-writer` has said that nobody else writes.
  func admission(_ insistence: Insistence) throws(Failure) -> Writers {
    var insistence = insistence
    var found: Writers?
    while true {
      if let mark = try read(StoreMark.self, StoreMark.file, insistence) { return try admitted(mark.writers) }
      let writers = if let found { found } else { try judged() }
      found = writers
      let condition: WriteCondition = writers == .one ? .always : .absent
      let mark = StoreMark(writers).bytes
      guard let doubt = try root.within(insistence).write(StoreMark.file, mark, if: condition) else {
        return writers
      }
      guard insistence.pause() else { throw unclear(StoreMark.file, doubt) }
    }
  }

  /// 78 where the store was begun with `--unsafe-single-writer`, and this is not said now.
  func admitted(_ writers: Writers) throws(Failure) -> Writers {
    guard writers == .many || isSingleWriter else {
      throw Failure(
        .configuration, cannot: "keep watermarks in", root.location.description,
        because: "its store does not keep its conditions: it was begun with --unsafe-single-writer")
    }
    return writers
  }

  /// 78 where nobody else writes, as was said, or is now: nothing would keep two from holding the lease at once.
  func admitLease(_ present: LeaseObject?, _ insistence: Insistence) throws(Failure) {
    var writers = present?.writers
    if writers == nil { writers = try read(StoreMark.self, StoreMark.file, insistence)?.writers }
    // A store that is asked for the first time: not to be begun in that way for a lease that is refused.
    if writers == nil { writers = isSingleWriter ? .one : try admission(insistence) }
    guard writers == .many else {
      throw Failure(
        .configuration, cannot: "keep leases in", root.location.description,
        because: "two could hold one at once in a store that is written to with --unsafe-single-writer")
    }
  }

  private func judged() throws(Failure) -> Writers {
    if isSingleWriter {
      note("\(root.location) is written to without conditions: with a second writer, moves get lost")
      return .one
    }
    let rule: String?
    do throws(StoreError) {
      rule = try StoreProbe(root.store, below: root.prefix, patience: patience).brokenRule()
    } catch {
      if case .unsupported(let reason) = error { throw unfit(reason) }
      throw error.failure(cannot: "probe the store of", root.location)
    }
    if let rule { throw unfit("its store breaks the rule that \(rule)") }
    return .many
  }

  private func unfit(_ reason: String) -> Failure {
    Failure(
      .configuration, cannot: "keep watermarks in", root.location.description,
      because: "\(reason), so two writers could undo each other (see --unsafe-single-writer)")
  }
}
