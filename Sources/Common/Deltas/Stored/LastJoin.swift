internal import Bytes
internal import Failures
internal import Lines
internal import Objects

/// What STATE/last says: which build was joined last, and which one before. It is only a beginning: where it is damaged or gone the
/// next build is one from nothing.
///
///     #last  format=1  id=<id>  previous=<id, or empty>
///     #end   lines=0  crc=<CRC-32 of the line before, in hex>
struct LastJoin: Equatable, Sendable {
  let id: String
  let previous: String?

  static let version = 1

  init(id: String, previous: String?) { (self.id, self.previous) = (id, previous) }

  var bytes: [UInt8] {
    var head = Receipt("last")
    head.append("format", Self.version)
    head.append("id", id)
    head.append("previous", previous ?? "")
    return Array(SealedLines.text(head, []).utf8)
  }

  /// Nil where it isn't whole, or of another format.
  init?(_ bytes: [UInt8]) {
    guard let sealed = SealedLines(bytes, "last", format: Self.version), sealed.lines.isEmpty,
      let id = sealed.head["id"], StateHead.isID(id)
    else { return nil }
    self.init(id: id, previous: sealed.head["previous"].flatMap { StateHead.isID($0) ? $0 : nil })
  }
}

extension StateStore {
  /// Nil where nothing was joined yet, or it is damaged.
  func lastJoin() throws(Failure) -> LastJoin? { try read(Self.last).flatMap { LastJoin($0.bytes) } }

  /// Replaces `last`, from what names `expected`; gives what it says then. An answer that is lost, and a condition that failed, say
  /// nothing yet: it is read again.
  ///
  ///     it names the new build        done, by this attempt or by another one of the same
  ///     it names what was expected    the same once more
  ///     anything else                 75: another join was faster
  func swapLast(from expected: String?, to id: String, patience: Duration) throws(Failure) -> LastJoin {
    var insistence = Insistence(for: patience)
    let next = LastJoin(id: id, previous: expected)
    var answer: String
    repeat {
      let found = try read(Self.last)
      let last = found.flatMap { LastJoin($0.bytes) }
      if let last, last.id == id {
        try place.settle(Self.last)
        return last
      }
      guard last?.id == expected else { throw overtaken(by: last) }
      let condition = found.map { WriteCondition.matches($0.tag) } ?? .absent
      guard let doubt = try place.within(insistence).write(Self.last, next.bytes, if: condition) else {
        return next
      }
      answer = doubt.reason
    } while insistence.pause()
    throw Failure(
      .tryAgain, cannot: "write", place.name(Self.last),
      because: "the store did not say in time whether it was replaced, and in the end that \(answer)")
  }

  private func overtaken(by last: LastJoin?) -> Failure {
    Failure(
      .tryAgain, cannot: "join in", place.location.description,
      because: "the last build is \(last?.id ?? "none") now: another join was faster")
  }
}
