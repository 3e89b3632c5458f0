import Failures
import Lines
import Listing
import Objects

/// All that a listing gives, piece by piece, in one.
struct Collected {
  private(set) var pieces = 0
  private(set) var lines: [ObjectLine] = []
  private(set) var summaries: [PartitionSummary] = []
  private(set) var requests = 0

  init(_ listing: Listing, by plan: ListingPlan? = nil) throws(Failure) {
    try listing.run(by: plan) { (objects) throws(Failure) in
      pieces += 1
      lines += objects.lines
      summaries += objects.summaries
    }
    requests = listing.requests
  }

  var keys: [Key] {
    lines.map { line in
      if case .s3(_, let key) = line.location { Key(key) } else { Key(line.location.description) }
    }
  }
}
