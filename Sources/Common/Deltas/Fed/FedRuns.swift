internal import Lines
internal import Runs

/// The runs of a slice whose records were fed, and not read from its objects.
///
/// The identity of such a run is in its upper half that of the object, so that the next build finds what it has of it; in its
/// lower half a hash of the shard and of the records, so that equal runs have one name, and others another.
package struct FedRuns {
  /// In slice order, one for each object; the runs that were made now are open.
  let identities: [RunIdentity]
  let opened: [Int: Run]
  /// The places of the objects that the last build did not have.
  let new: Set<Int>
  /// Whether the last build had these runs, and no others.
  package let areKnown: Bool

  /// The upper half of the identities of an object's runs, whatever the shard.
  static func object(_ line: ObjectLine, decoding: String) -> UInt64 {
    RunIdentity(
      of: "fed\t\(BuildState.engine)\t\(decoding)\t\(line.time)\t\(line.bytes)\t\(line.tag)\t\(line.location)"
    ).high
  }
}

/// What the last build has of the objects of a slice.
struct FedObjects {
  /// The objects' halves of identities, in slice order.
  let objects: [UInt64]
  /// Of those that the last build had.
  private(set) var known: [Int: RunIdentity] = [:]

  init(_ input: BuildInput, last: LastBuild?, decoding: String) {
    objects = input.objects.map { FedRuns.object($0, decoding: decoding) }
    var runs: [UInt64: RunIdentity] = [:]
    for run in last?.runs ?? [] { runs[run.high] = run }
    for (index, object) in objects.enumerated() { known[index] = runs[object] }
  }
}
