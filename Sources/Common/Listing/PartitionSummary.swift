package import Bytes
package import JSON
package import Partitions

/// One directory of a partition, in one line:
///
///     2026-05-04T10:05:00Z <TAB> 2026-05-04T10:11:42Z <TAB> 96426 <TAB> 2 <TAB> s3://bucket/ads/dt=.../minute=05
///     partition start            newest modified            bytes       objects location
package struct PartitionSummary: Equatable, Sendable {
  package let time: Instant
  package private(set) var newest: Instant
  package private(set) var bytes: Int64
  package private(set) var objects = 1
  package let location: Location

  /// With its first object.
  package init(time: Instant, newest: Instant, bytes: Int64, location: Location) {
    self.time = time
    self.newest = newest
    self.bytes = bytes
    self.location = location
  }

  package mutating func add(modified: Instant, bytes: Int64) {
    newest = max(newest, modified)
    self.bytes &+= bytes
    objects += 1
  }

  /// The line without its newline.
  package var text: String { "\(time)\t\(newest)\t\(bytes)\t\(objects)\t\(location)" }

  package var json: JSONValue {
    .object([
      .init("time", .string(time.description)), .init("newest", .string(newest.description)),
      .init("bytes", .number(bytes)), .init("objects", .number(objects)),
      .init("location", .string(location.description)),
    ])
  }
}
