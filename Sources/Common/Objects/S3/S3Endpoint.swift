internal import Bytes
internal import Failures

/// Where a bucket answers: at AWS under its own host name, at any other endpoint as the first part of the path.
struct S3Endpoint: Equatable, Sendable {
  /// `http` or `https`.
  let scheme: String
  /// As the Host header has it: with the port, unless it is the scheme's own.
  let host: String
  /// Percent-encoded, ending in `/`: the path of the empty key.
  let base: String
  let bucket: String
  /// Where it is at AWS; nil at an endpoint of one's own.
  let region: Region?

  /// AWS's own endpoint. A name that can't be a part of a host name, or would break the certificate, goes into the path.
  init(bucket: String, region: Region) throws(Failure) {
    try Self.check(bucket)
    self.bucket = bucket
    self.region = region
    scheme = "https"
    let domain = "s3." + region.domain
    let fitsHost = (3...63).contains(bucket.utf8.count) && bucket.utf8.allSatisfy(Region.isHostByte)
    host = fitsHost ? "\(bucket).\(domain)" : domain
    base = fitsHost ? "/" : "/\(bucket)/"
  }

  init(bucket: String, region: String) throws(Failure) {
    try self.init(bucket: bucket, region: try Region(region))
  }

  /// An endpoint of one's own.
  init(bucket: String, endpoint: String) throws(Failure) {
    try Self.check(bucket)
    self.bucket = bucket
    region = nil
    let address = try Address(endpoint: endpoint)
    scheme = address.scheme
    host = address.host
    base = address.path + "/\(bucket)/"
  }

  func path(of key: Key) -> String { base + PercentEncoding.encodeForURI(key.bytes, keepSlash: true) }

  /// The same bucket in the region that AWS names; nil where it is there already, or where it is not for AWS to say.
  func moved(to name: String) -> S3Endpoint? {
    guard let here = region, let there = try? Region(name), there != here else { return nil }
    return try? S3Endpoint(bucket: bucket, region: there)
  }

  private static func check(_ bucket: String) throws(Failure) {
    guard bucket.utf8.contains(where: { $0 != UInt8(ascii: ".") }) else {
      throw Failure(.badData, "\(bucket) is not the name of a bucket")
    }
  }
}
