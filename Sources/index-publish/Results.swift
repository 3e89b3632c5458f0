internal import Console
internal import Failures
internal import Lines
internal import Publishing
internal import Serving

/// What has come of one place.
enum PlaceResult: Sendable {
  /// `batch`: for the next stage; nil where there is nothing to hand on. `generation`: what a destination has now.
  case done(batch: Batch?, generation: Generation?)
  case failed(Failure)

  var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }

  var batch: Batch? { if case .done(let batch, _) = self { batch } else { nil } }

  /// Whether what is handed on is another pipe's.
  var isSuperseded: Bool { batch?.receipts.last { $0.word == "published" }?["superseded"] != nil }

  /// Of a place that is not the first: a `#published` as `#taken`.
  var taken: Receipt? {
    guard let published = batch?.receipt("published") else { return nil }
    var taken = Receipt("taken")
    for key in [
      "generation", "to", "uploaded", "adds", "deletes", "rejected", "lineage", "superseded", "force",
    ] {
      if let value = published[key] { taken.append(key, value) }
    }
    if let location = published["location"] { taken.append("location", location) }
    return taken
  }

  static func of(_ body: () throws(Failure) -> PlaceResult) -> PlaceResult {
    do throws(Failure) { return try body() } catch { return .failed(error) }
  }
}

extension Failure {
  /// A server's answer alone does not say which of several targets it is about.
  func naming(_ target: any ServingTarget) -> Failure {
    message.contains(target.name)
      ? self : Failure(exit, cannot: "publish to", target.name, because: message)
  }

  /// The place can't be reached just now, and is caught up by a later batch: no reason for a person to look at the rest.
  var passes: Bool { exit == .unavailable || exit == .tryAgain || exit == .io }
}
