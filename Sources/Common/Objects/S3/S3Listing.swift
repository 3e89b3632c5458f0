internal import Bytes

/// The answer to ListObjectsV2, as far as it matters here:
///
///     <ListBucketResult>
///       <IsTruncated>true</IsTruncated> <EncodingType>url</EncodingType>
///       <NextContinuationToken>...</NextContinuationToken>
///       <Contents> <Key/> <LastModified/> <ETag/> <Size/> </Contents> ...
///       <CommonPrefixes> <Prefix/> </CommonPrefixes> ...
///     </ListBucketResult>
struct S3Listing {
  private(set) var page = ListPage()
  private var isTruncated = false
  private var isEncoded = false
  private var token: String?
  private var objects: [(key: String, bytes: Int64, tag: String, modified: Int64)] = []
  private var prefixes: [String] = []

  /// Every key is checked against the request: after the marker, below the prefix, in order.
  static func parse(_ body: [UInt8], for request: ListRequest) throws(StoreError) -> ListPage {
    var listing = S3Listing()
    var reader = try XMLReader(body, root: "ListBucketResult")
    while let name = try reader.child() { try listing.take(name, &reader) }
    try listing.finish(request)
    return listing.page
  }

  private mutating func take(_ name: String, _ reader: inout XMLReader) throws(StoreError) {
    switch name {
    case "IsTruncated": isTruncated = try reader.text() == "true"
    case "EncodingType": isEncoded = try reader.text() == "url"
    case "NextContinuationToken": token = try reader.text()
    case "Contents": try takeObject(&reader)
    case "CommonPrefixes":
      while let name = try reader.child() {
        if name == "Prefix" { prefixes.append(try reader.text()) } else { try reader.skip() }
      }
    default: try reader.skip()
    }
  }

  private mutating func takeObject(_ reader: inout XMLReader) throws(StoreError) {
    var key: String?
    var bytes: Int64?
    var tag: String?
    var modified: Int64?
    while let name = try reader.child() {
      switch name {
      case "Key": key = try reader.text()
      case "Size": bytes = Int64(try reader.text())
      case "ETag": tag = ETag.bare(try reader.text())
      case "LastModified": modified = AWSTime.parseISO(try reader.text())
      default: try reader.skip()
      }
    }
    guard let key, let bytes, bytes >= 0, let tag, let modified else {
      throw .invalid("the store lists an object without its key, size, tag or time")
    }
    objects.append((key, bytes, tag, modified))
  }

  private mutating func finish(_ request: ListRequest) throws(StoreError) {
    for object in objects {
      page.objects.append(
        ObjectInfo(
          key: try decode(object.key), bytes: object.bytes, tag: object.tag, modified: object.modified))
    }
    for prefix in prefixes { page.prefixes.append(try decode(prefix)) }
    try check(page.objects.map(\.key), request)
    try check(page.prefixes, request)
    // What the marker lies in the middle of is left out, whether or not the server does so.
    if let marker = request.startAfter { page.prefixes.removeAll { !(marker < $0) } }
    guard isTruncated else { return }
    guard let token, !token.isEmpty, token != request.continuing else {
      throw .invalid("the store says that the listing goes on, but not where")
    }
    page.next = token
  }

  private func check(_ keys: [Key], _ request: ListRequest) throws(StoreError) {
    guard keys.allSatisfy({ $0.bytes.starts(with: request.prefix.bytes) }) else {
      throw .invalid("the store lists what was not asked for")
    }
    for (first, second) in zip(keys, keys.dropFirst()) where !(first < second) {
      throw .invalid("the store's listing is not in order")
    }
  }

  /// AWS writes a space as `+`.
  private func decode(_ text: String) throws(StoreError) -> Key {
    guard isEncoded else { return Key(text) }
    guard let bytes = PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 })) else {
      throw .invalid("the store lists a key that is not encoded well")
    }
    return Key(bytes)
  }
}

enum ETag {
  static func bare(_ text: String) -> String {
    text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
      ? String(text.dropFirst().dropLast()) : text
  }
}
