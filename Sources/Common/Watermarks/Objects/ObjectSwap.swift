internal import Failures
internal import Objects

/// An object that is replaced from exactly what was read, and no two versions of which have the same bytes.
protocol SwappedObject: SealedObject {
  var writers: Writers { get }
  var bytes: [UInt8] { get }
}

// The change of one object, by compare-and-swap. A reply that is lost, and a condition that failed, say nothing yet: the
// request of one's own may have been carried out, or be so later. So the object is read again:
//
//     it holds the change                      done
//     it is what was read                      the same bytes again: of all copies of the request one is carried out
//     anything else                            overtaken: decided anew. The old request can't be carried out any more,
//                                              for the version that it asks for does not come back
//     it has gone                              a person deleted it: 65
//
// Killed in here: the request is carried out or not; what is decided next is decided on what there is then.
extension ObjectPlace {
  /// `next` makes the new object of the present one, or nil where nothing is to change; it is asked again when somebody was
  /// faster. `holds` tells whether the object as it is now, its first argument, has the change of the second in it.
  func swap<Object: SwappedObject>(
    _ file: String, _ next: (Object?, Insistence) throws(Failure) -> Object?,
    holds: (Object, Object) throws(Failure) -> Bool
  ) throws(Failure) {
    var insistence = begin()
    var present = try find(Object.self, file, insistence)
    while let change = try next(present?.object, insistence) {
      if try carryOut(change, file, from: &present, &insistence, holds) { return }
    }
  }

  /// False when it was overtaken; `present` then is by what.
  private func carryOut<Object: SwappedObject>(
    _ change: Object, _ file: String, from present: inout Stored<Object>?, _ insistence: inout Insistence,
    _ holds: (Object, Object) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let bytes = change.bytes
    guard bytes.count <= SealedLines.largest else {
      throw Failure(.usage, cannot: "write", root.name(file), because: "it is larger than can be read again")
    }
    while true {
      let condition: WriteCondition =
        change.writers == .one ? .always : present.map { .matches($0.tag) } ?? .absent
      guard let doubt = try root.within(insistence).write(file, bytes, if: condition) else { return true }
      let isTime = insistence.pause()
      let now = try find(Object.self, file, insistence)
      if let now, try holds(now.object, change) { return true }
      if now == nil && present != nil { throw deleted(file) }
      guard isTime else { throw unclear(file, doubt) }
      if now?.tag != present?.tag {
        present = now
        return false
      }
    }
  }

  private func deleted(_ file: String) -> Failure {
    Failure(.badData, cannot: "write", root.name(file), because: "it was deleted meanwhile")
  }
}
