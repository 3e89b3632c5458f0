internal import Bytes
internal import Failures
internal import Listing
internal import Lines
internal import Tables

extension TableFiles {
  /// One for each partition, of all of its files, wherever they lie.
  func summaries(of table: Location) -> [PartitionSummary] {
    var summaries: [PartitionSummary] = []
    eachLine { line in
      if let last = summaries.last, last.time == line.time {
        summaries[summaries.count - 1].add(modified: line.modified, bytes: line.bytes)
      } else {
        summaries.append(
          PartitionSummary(time: line.time, newest: line.modified, bytes: line.bytes, location: table))
      }
    }
    return summaries
  }
}
