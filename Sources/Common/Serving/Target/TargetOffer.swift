package import Bytes
package import Lines
package import Publishing

/// What is offered to a target: a generation that was published, or a build, which the target numbers itself.
package struct TargetOffer: Sendable {
  /// Its .json, from wherever it is opened.
  package let location: Location
  /// Nil for a build.
  package let published: Generation?
  package let position: String
  /// What a build has to follow.
  package var parent: Parent
  /// Of the batch that it was made from.
  package let receipts: [Receipt]

  package init(_ generation: Generation, at destination: Location, receipts: [Receipt]) {
    location = generation.manifest(at: destination).absolute
    published = generation
    position = generation.position
    parent = .current
    self.receipts = receipts
  }

  package init(_ built: BuiltIndex, after parent: Parent, receipts: [Receipt]) {
    location = built.location.absolute
    published = nil
    position = built.manifest.position
    self.parent = parent
    self.receipts = receipts
  }
}

extension TargetOffer {
  /// Whether a receipt's location is a target, or the change that was printed, and so no place to read an index from.
  package static func isTarget(_ location: String) -> Bool {
    if location == "-" { return true }
    return (try? TargetAddress(location)) != nil
  }

  /// The same, made after another.
  package func following(_ parent: Parent) -> TargetOffer {
    var offer = self
    offer.parent = parent
    return offer
  }
}
