/// From what size on an object is read or written in pieces, and in which.
struct S3Sizes: Sendable {
  /// What one PUT takes, and what an object can have.
  static let largestPut: Int64 = 5 << 30
  static let largestObject: Int64 = 5 << 40
  static let mostParts: Int64 = 10_000

  /// Larger objects are read by ranges of `range` bytes, of which up to `ahead` are under way beside the one that is read.
  var readWhole: Int64 = 16 << 20
  var range = 8 << 20
  var ahead = 4
  /// How much of its end comes with an object that is read at any place.
  var tail = 64 << 10
  /// Larger files are written, and larger objects copied, in parts of `part` bytes, of which up to `parts` are under way.
  var writeWhole: Int64 = 64 << 20
  var copyWhole = largestPut
  var part: Int64 = 16 << 20
  var parts = 4

  /// The size of the parts of a file: larger where there would be too many.
  func part(of bytes: Int64) -> Int64 {
    let least = (bytes + Self.mostParts - 1) / Self.mostParts
    let unit: Int64 = 1 << 20
    return least <= part ? part : (least + unit - 1) / unit * unit
  }
}
