/// Where an object is: a local path, or a bucket and a key. Both are bytes, as the file system and the store
/// have them; the text form is percent-encoded as the lines are, so it has no space, tab or newline in it.
///
/// Invariants: a local path is not empty and has no NUL; a bucket's name is of letters, digits, `.`, `-` and `_`.
package enum Location: Hashable, Sendable, CustomStringConvertible {
  case local(path: [UInt8])
  case s3(bucket: String, key: [UInt8])

  /// Parses `s3://bucket/key` or a path; nil for what is neither: an empty text, a NUL in a path, a `%` that
  /// begins no encoded byte, a bucket's name that no store takes, credentials in the URI.
  package init?(_ text: some StringProtocol) { self.init(Substring(text)) }

  package init?(_ text: Substring) {
    guard let bytes = PercentEncoding.decode(text) else { return nil }
    self.init(decoded: bytes)
  }

  /// As a person types it on a command line: nothing is decoded, every byte stands for itself. Nil, too, for the address of
  /// something else: `https://h/x`, or `s3:/b`, would be a directory that nobody looks for. With `./` before it it is one.
  package init?(argument text: String) {
    guard text.hasPrefix("s3://") || !Self.isAddress(text) else { return nil }
    self.init(decoded: Array(text.utf8))
  }

  private static func isAddress(_ text: String) -> Bool {
    let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") }
    let rest = text.utf8.dropFirst(scheme.count)
    return !scheme.isEmpty
      && (rest.starts(with: "://".utf8) || scheme.elementsEqual("s3".utf8) && rest.first == UInt8(ascii: ":"))
  }

  private init?(decoded bytes: [UInt8]) {
    guard let location = bytes.withUnsafeBufferPointer({ Location(decoded: $0) }) else { return nil }
    self = location
  }

  /// Of the bytes themselves, in which nothing is encoded.
  package init?(decoded bytes: UnsafeBufferPointer<UInt8>) {
    let scheme: StaticString = "s3://"
    let isURI = bytes.begins(
      with: UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
    if isURI {
      let rest = bytes.dropFirst(scheme.utf8CodeUnitCount)
      let bucket = rest.prefix { $0 != UInt8(ascii: "/") }
      guard !bucket.isEmpty, bucket.allSatisfy(Self.isBucketCharacter) else { return nil }
      self = .s3(
        bucket: String(decoding: bucket, as: UTF8.self), key: Array(rest.dropFirst(bucket.count + 1)))
    } else {
      guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
      self = .local(path: Array(bytes))
    }
  }

  package var description: String {
    switch self {
    case .local(let path): PercentEncoding.encodeForLine(path)
    case .s3(let bucket, let key): "s3://\(bucket)/" + PercentEncoding.encodeForLine(key)
    }
  }

  /// The place below this one: one `/`, and no more, stands between the two.
  package func appending(_ relative: some Sequence<UInt8>) -> Location {
    switch self {
    case .local(let path): .local(path: Self.join(path, relative))
    case .s3(let bucket, let key):
      .s3(bucket: bucket, key: key.isEmpty ? Array(relative) : Self.join(key, relative))
    }
  }

  package func appending(_ relative: String) -> Location { appending(relative.utf8) }

  private static func join(_ base: [UInt8], _ relative: some Sequence<UInt8>) -> [UInt8] {
    (base.last == UInt8(ascii: "/") ? base : base + [UInt8(ascii: "/")]) + relative
  }

  private static func isBucketCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
