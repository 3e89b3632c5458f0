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
  private(set) var page = PackedPage()
  private(set) var prefixes: [Key] = []
  private var isTruncated = false
  private var isEncoded = false
  private var token: String?

  var listPage: ListPage {
    var list = ListPage()
    list.objects = page.objects
    list.prefixes = prefixes
    list.next = page.next
    return list
  }

  /// Every key is checked against the request: below the prefix, in order, after the marker.
  static func parse(_ body: [UInt8], for request: ListRequest) throws(StoreError) -> S3Listing {
    var listing = S3Listing()
    var reader = try XMLReader(body, root: "ListBucketResult")
    listing.page.reserve(bytes: body.count / 2, entries: min(request.limit, body.count / 64))
    while try reader.enter() { try listing.take(&reader) }
    try listing.finish(request)
    return listing
  }

  private mutating func take(_ reader: inout XMLReader) throws(StoreError) {
    if reader.isIn("Contents") {
      try takeObject(&reader)
    } else if reader.isIn("CommonPrefixes") {
      while try reader.enter() {
        if reader.isIn("Prefix") { prefixes.append(try reader.text { Key($0) }) } else { try reader.skip() }
      }
    } else if reader.isIn("IsTruncated") {
      isTruncated = try reader.text() == "true"
    } else if reader.isIn("EncodingType") {
      isEncoded = try reader.text() == "url"
    } else if reader.isIn("NextContinuationToken") {
      token = try reader.text()
    } else {
      try reader.skip()
    }
  }

  private mutating func takeObject(_ reader: inout XMLReader) throws(StoreError) {
    var key: PackedPage.Span?
    var tag: PackedPage.Span?
    var bytes: Int64?
    var modified: Int64?
    while try reader.enter() {
      if reader.isIn("Key") {
        key = try reader.text { page.add($0) }
      } else if reader.isIn("LastModified") {
        modified = try reader.text(ISOTime.parse)
      } else if reader.isIn("ETag") {
        tag = try reader.text { page.add(ETag.bare($0)) }
      } else if reader.isIn("Size") {
        bytes = try reader.text { Int64(digits: $0) }
      } else {
        try reader.skip()
      }
    }
    guard let key, let bytes, let tag, tag.count > 0, let modified else {
      throw .invalid("the store lists an object without its key, size, tag or time")
    }
    page.append(key: key, tag: tag, bytes: bytes, modified: modified)
  }

  private mutating func finish(_ request: ListRequest) throws(StoreError) {
    if isEncoded {
      guard page.decodeKeys() else { throw Self.badlyEncoded }
      prefixes = try prefixes.map { (prefix) throws(StoreError) in try Self.decode(prefix) }
    }
    try check(page.order(below: request.prefix.bytes))
    try check(order(of: prefixes, below: request.prefix.bytes))
    if let marker = request.startAfter {
      if request.continuing == nil { page.drop(upTo: marker) }
      prefixes.removeAll { !(marker < $0) }
    }
    guard isTruncated else { return }
    guard let token, !token.isEmpty, token != request.continuing else {
      throw .invalid("the store says that the listing goes on, but not where")
    }
    page.next = token
  }

  private func check(_ order: PackedPage.Order) throws(StoreError) {
    switch order {
    case .sorted: return
    case .unsorted: throw .invalid("the store's listing is not in order")
    case .beyondPrefix: throw .invalid("the store lists what was not asked for")
    }
  }

  private func order(of keys: [Key], below prefix: [UInt8]) -> PackedPage.Order {
    guard keys.allSatisfy({ $0.bytes.starts(with: prefix) }) else { return .beyondPrefix }
    return zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 } ? .sorted : .unsorted
  }

  private static let badlyEncoded = StoreError.invalid("the store lists a key that is not encoded well")

  private static func decode(_ key: Key) throws(StoreError) -> Key {
    var page = PackedPage()
    page.append(key: page.add(key.bytes), tag: page.add([]), bytes: 0, modified: 0)
    guard page.decodeKeys() else { throw badlyEncoded }
    return page.key(0)
  }
}

enum ETag {
  static func bare(_ text: String) -> String {
    text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
      ? String(text.dropFirst().dropLast()) : text
  }

  static func bare(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let quote = UInt8(ascii: "\"")
    guard text.count >= 2, text.first == quote, text.last == quote else { return text }
    return UnsafeBufferPointer(rebasing: text[1..<text.count - 1])
  }
}
