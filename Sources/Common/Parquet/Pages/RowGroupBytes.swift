internal import Bytes

/// The bytes of some columns of a row group, fetched in as few requests as is sensible where each is a round trip.
///
/// Chunks that lie near each other are one request. What would be too much for memory, or for the file's budget, is left
/// to the readers, which then fetch it piece by piece; so is all where the bytes are near.
package struct RowGroupBytes: Sendable {
  /// Between two chunks: to read so much in vain costs less than a round trip.
  private static let widestGap = 256 << 10
  private static let largestRequest = 32 << 20
  private static let most = 64 << 20

  private let held: [HeldBytes]

  /// `leaves` are indices in `schema.leaves`. A column that can't be read is no error yet.
  package init(_ file: ParquetFile, rowGroup: Int, leaves: [Int]) throws(ParquetError) {
    var held: [HeldBytes] = []
    if file.bytes.isRemote, file.rowGroups.indices.contains(rowGroup) {
      let columns = file.rowGroups[rowGroup].columns
      let ranges = leaves.compactMap {
        columns.indices.contains($0) ? columns[$0].range : nil
      }
      for request in Self.requests(ranges) {
        guard let share = file.budget.share(of: request.count) else { break }
        held.append(try HeldBytes(file.bytes, request, share))
      }
    }
    self.held = held
  }

  func holding(_ range: Range<Int>) -> HeldBytes? { held.first { $0.holds(range) } }

  /// Joins what lies near each other.
  static func requests(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var requests: [Range<Int>] = []
    var total = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.count <= largestRequest {
      guard total + range.count <= most else { break }
      if let last = requests.last, range.lowerBound - last.upperBound <= widestGap,
        range.upperBound - last.lowerBound <= largestRequest
      {
        requests[requests.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        requests.append(range)
      }
      total += range.count
    }
    return requests
  }
}

extension ChunkPages {
  var range: Range<Int> { start..<start + size }
}
