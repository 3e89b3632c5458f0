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

  /// AWS's own endpoint. A name that can't be a part of a host name, or would break the certificate, goes into the path.
  init(bucket: String, region: String) throws(Failure) {
    try Self.check(bucket)
    guard !region.isEmpty, region.utf8.allSatisfy({ Self.isHostByte($0) }) else {
      throw Failure(.configuration, "AWS_REGION is not the name of a region")
    }
    scheme = "https"
    let domain = "s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    let fitsHost = (3...63).contains(bucket.utf8.count) && bucket.utf8.allSatisfy { Self.isHostByte($0) }
    host = fitsHost ? "\(bucket).\(domain)" : domain
    base = fitsHost ? "/" : "/\(bucket)/"
  }

  /// An endpoint of one's own: `http://127.0.0.1:9000`, `https://storage.example/s3`.
  init(bucket: String, endpoint: String) throws(Failure) {
    try Self.check(bucket)
    scheme = endpoint.prefix { $0 != ":" }.lowercased()
    let rest = endpoint.dropFirst(scheme.count + 3)
    let authority = rest.prefix { $0 != "/" }
    guard scheme == "http" || scheme == "https", endpoint.dropFirst(scheme.count).hasPrefix("://"),
      !authority.isEmpty
    else { throw Self.malformed }
    let allowed = authority.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"@?#\\%".utf8.contains($0) }
    let path = rest.dropFirst(authority.count).split(separator: "/").joined(separator: "/")
    guard allowed, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#".utf8.contains($0) }) else {
      throw Self.malformed
    }
    let ownPort = scheme == "http" ? ":80" : ":443"
    host = String(authority.hasSuffix(ownPort) ? authority.dropLast(ownPort.count) : authority)
    base = (path.isEmpty ? "" : "/" + path) + "/\(bucket)/"
  }

  func path(of key: Key) -> String { base + PercentEncoding.encodeForURI(key.bytes, keepSlash: true) }

  private static let malformed = Failure(
    .configuration, "AWS_ENDPOINT_URL is not of the form https://HOST[:PORT][/PATH]")

  private static func check(_ bucket: String) throws(Failure) {
    guard bucket.utf8.contains(where: { $0 != UInt8(ascii: ".") }) else {
      throw Failure(.badData, "\(bucket) is not the name of a bucket")
    }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
