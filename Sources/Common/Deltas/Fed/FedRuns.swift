internal import Lines
internal import Runs

/// The runs of a slice whose records were fed, and not read from its objects.
///
/// An object has one run, of the records that were fed when it was new; and a second one, behind it, where records came later: those
/// of documents of which the shard had none before (`LateRecords`).
///
/// The identity of such a run is in its upper half that of the object, so that the next build finds what it has of it; in its
/// lower half a hash of the shard and of the records, so that equal runs have one name, and others another.
package struct FedRuns {
  /// In slice order, each with its object's place in the slice. Those that were made now are open.
  private(set) var runs: [(object: Int, identity: RunIdentity)] = []
  private(set) var opened: [RunIdentity: Run] = [:]
  /// The places of the objects that the last build did not have.
  let new: [Int]

  init(new: [Int]) { self.new = new }

  mutating func append(_ made: FedObjects.Made, of object: Int) {
    runs.append((object, made.identity))
    opened[made.identity] = made.run
  }

  var identities: [RunIdentity] { runs.map(\.identity) }
}

/// What the last build has of the objects of a slice.
struct FedObjects {
  struct Known {
    let first: RunIdentity
    var late: RunIdentity?
  }

  /// A run, open where it was made now.
  typealias Made = (identity: RunIdentity, run: Run?)

  /// The upper halves of the identities of the objects' runs, in slice order.
  let objects: [UInt64]
  /// Of those that the last build had.
  private(set) var known: [Int: Known] = [:]

  init(_ input: BuildInput, last: LastBuild?, decoding: String) {
    objects = input.objects.map { Self.object($0, decoding: decoding) }
    var runs: [UInt64: Known] = [:]
    for run in last?.runs ?? [] {
      if runs[run.high] == nil { runs[run.high] = Known(first: run) } else { runs[run.high]?.late = run }
    }
    for (index, object) in objects.enumerated() { known[index] = runs[object] }
  }

  /// The upper half of the identities of an object's runs, whatever the shard.
  static func object(_ line: ObjectLine, decoding: String) -> UInt64 {
    RunIdentity(
      of: "fed\t\(StateHead.engine)\t\(decoding)\t\(line.time)\t\(line.bytes)\t\(line.tag)\t\(line.location)"
    ).high
  }
}
