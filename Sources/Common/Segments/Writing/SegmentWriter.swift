package import Failures
package import Fields
package import Files

/// Makes segments. The format is drawn in SegmentFormat.swift.
package enum SegmentWriter {
  /// One segment of all that the lanes have, in their order; it is written into `directory`.
  ///
  /// Its bytes are a function of the documents and tombstones alone: not of the number of lanes or threads, nor of what had to
  /// be spilled. `memory` bounds what is held beside the lanes.
  package static func finish(
    _ lanes: [SegmentLane], fields: Fields, into directory: Directory, memory: Int, threads: Int
  ) throws(Failure) -> FinishedSegment {
    for lane in lanes { if let failure = lane.failure { throw failure } }
    if lanes.allSatisfy({ $0.spilled.isEmpty }) {
      let assembly = try SegmentAssembly(lanes, fields: fields, memory: memory, threads: threads)
      return try assembly.write(into: directory)
    }
    for lane in lanes {
      lane.spill()
      if let failure = lane.failure { throw failure }
    }
    let inputs = lanes.flatMap(\.spilled).map { (reader: $0, live: LiveSet?.none) }
    return try SegmentMerge.run(inputs, fields: fields, into: directory, memory: memory, threads: threads)
  }
}
