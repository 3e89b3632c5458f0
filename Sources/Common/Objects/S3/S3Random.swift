internal import HTTP

/// The end of an object, which the first request brings with its size and tag: files of columns have their footer there.
struct S3Tail: Sendable {
  let tag: String
  let bytes: Int64
  /// Where it begins.
  let start: Int64
  let content: [UInt8]
}

extension S3Store {
  package func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject {
    try StoreKey.check(key)
    let tail = try retries.run { () throws(StoreError) in try self.tail(of: key, tag: tag) }
    let contents = ObjectContents(bytes: tail.bytes, name: key.description, isRemote: true) {
      [self] (offset, buffer) throws(StoreError) in
      let split = min(max(0, Int(clamping: tail.start - offset)), buffer.count)
      if split > 0 {
        try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<split]), from: offset, of: key, tail)
      }
      if split < buffer.count {
        let first = Int(offset + Int64(split) - tail.start)
        UnsafeMutableRawBufferPointer(rebasing: buffer[split...])
          .copyBytes(from: tail.content[first..<first + buffer.count - split])
      }
    }
    return RandomObject(tag: tail.tag, bytes: tail.bytes, contents: contents)
  }

  /// One request, and as many more as it takes.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from offset: Int64, of key: Key, _ tail: S3Tail
  ) throws(StoreError) {
    let body = S3Body(nil, offset..<offset + Int64(buffer.count), retries) {
      [self] (range) throws(StoreError) in
      try get(key, tag: tail.tag, part: (range, tail.bytes)).body
    }
    var filled = 0
    while filled < buffer.count {
      let count = try body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      guard count > 0 else { throw .unavailable("the answer was cut short") }
      filled += count
    }
    // Only who sees the answer's end can keep the connection.
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { (byte) throws(StoreError) in
      _ = try body.read(into: byte)
    }
  }

  /// Sent once.
  private func tail(of key: Key, tag: String?) throws(StoreError) -> S3Tail {
    var request = S3Bucket.Request(method: "GET", key: key)
    request.headers.append(HTTPHeader("range", "bytes=-\(sizes.tail)"))
    if let tag { request.headers.append(HTTPHeader("if-match", "\"\(tag)\"")) }
    let response: HTTPResponse
    do throws(StoreError) { response = try bucket.send(request) } catch {
      // Of an empty object there is no range.
      guard case .invalid = error, let info = try look(key), info.bytes == 0 else { throw error }
      if let tag, tag != info.tag { throw .conditionFailed }
      return S3Tail(tag: info.tag, bytes: 0, start: 0, content: [])
    }
    guard let found = response.tag, let length = response.length else {
      throw .invalid("the store gives an object without its size or tag")
    }
    // Not every store heeds If-Match.
    if let tag, found != tag { throw .conditionFailed }
    let bytes = try Self.size(response, length, sizes.tail)
    let content = try response.body.whole(limit: sizes.tail)
    guard Int64(content.count) == length else { throw .unavailable("the answer was cut short") }
    return S3Tail(tag: found, bytes: bytes, start: bytes - length, content: content)
  }

  /// The size of the object of which this is the end; a small one may come whole.
  private static func size(_ response: HTTPResponse, _ length: Int64, _ most: Int) throws(StoreError) -> Int64
  {
    let wrong = StoreError.invalid("the store gives another range")
    guard length <= most else { throw wrong }
    if response.status == 200 { return length }
    guard response.status == 206, let text = response.header("content-range"), text.hasPrefix("bytes "),
      let slash = text.firstIndex(of: "/"), let bytes = Int64(text[text.index(after: slash)...]),
      bytes >= length, length == min(bytes, Int64(most)),
      text[..<slash] == "bytes \(bytes - length)-\(bytes - 1)"
    else { throw wrong }
    return bytes
  }
}
