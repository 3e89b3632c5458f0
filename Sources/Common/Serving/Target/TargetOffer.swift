package import Bytes
package import Failures
internal import Glibc
package import Lines
package import Objects
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
  /// The destination of a generation.
  private let home: Location?

  package init(_ generation: Generation, at destination: Location, receipts: [Receipt]) {
    location = generation.manifest(at: destination).absolute
    published = generation
    position = generation.position
    parent = .current
    home = destination
    self.receipts = receipts
  }

  package init(_ built: BuiltIndex, after parent: Parent, receipts: [Receipt]) {
    location = built.location.absolute
    published = nil
    position = built.manifest.position
    self.parent = parent
    home = nil
    self.receipts = receipts
  }
}

extension Location {
  /// The same from every directory, and however it was written.
  package var absolute: Location {
    guard case .local(var path) = self else { return self }
    if path.first != UInt8(ascii: "/"), let here = getcwd(nil, 0) {
      defer { free(here) }
      path = Array(String(cString: here).utf8) + [UInt8(ascii: "/")] + path
    }
    let parts = path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual([UInt8(ascii: ".")]) }
    return .local(path: parts.reduce(into: []) { $0 += [UInt8(ascii: "/")] + $1 })
  }
}

extension TargetOffer {
  /// Whether a receipt's location is a target, or the change that was printed, and so no place to read an index from.
  package static func isTarget(_ location: String) -> Bool {
    if location == "-" { return true }
    return (try? TargetAddress(location)) != nil
  }
}

extension TargetOffer {
  /// The generation that a reader of the change has, by the batch's watermark; nil: it says nothing of that. What was rolled
  /// back follows what was current then.
  package var told: Int? {
    if case .exactly(let number, _) = parent { return number }
    guard let published else { return nil }
    if let overtaken { return overtaken["after-generation"].flatMap { Int($0) } }
    guard published.rollback == nil,
      case .exactly(let number, _)? = try? Parent(of: Batch(receipts: receipts)),
      (1..<published.number).contains(number)
    else { return nil }
    return number
  }

  /// The slice is the faster pipe's then, and says nothing of ours.
  private var overtaken: Receipt? { receipts.last { $0.word == "published" && $0["superseded"] != nil } }

  /// Whether what its reader has is a generation that nothing tells: several may lie between it and the parent.
  package var isUntold: Bool { published != nil && overtaken != nil && told == nil }

  /// Of a generation: the one that was told, or where that is not known its parent; nil for a build, for the first, and
  /// where it is no longer there.
  package func predecessor(stores: Stores) throws(Failure) -> (location: Location, generation: Int)? {
    guard let published, let home else { return nil }
    let destination = try Destination(home, stores: stores)
    let older: Generation?
    if let told {
      older = try destination.generation(told)
    } else {
      older = try destination.parent(of: published)
    }
    return older.map { ($0.manifest(at: home), $0.number) }
  }

  /// The same, made after another.
  package func following(_ parent: Parent) -> TargetOffer {
    var offer = self
    offer.parent = parent
    return offer
  }

  /// That the batch says; nil where it says none.
  package var lineage: String? {
    guard case .exactly(_, let lineage) = parent else { return nil }
    return lineage
  }
}
