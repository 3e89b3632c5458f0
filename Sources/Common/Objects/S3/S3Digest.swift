internal import Bytes
internal import HTTP
internal import Synchronization

/// What the bytes of an object have to add up to, as the answer to its GET says: the cheapest of the checksums of the whole
/// object that are among its headers, else the MD5 that an ETag of 32 hexadecimal digits is.
///
/// Not the ETag where the object is encrypted by a key of the customer's or of KMS: then it is no MD5 ("Checking object
/// integrity" in the S3 User Guide). Other stores have such tags without saying so. Where the first one does not fit, the
/// object is read once more: if its bytes add up to the same again, the tag is no MD5, and the store's tags are no longer
/// looked at. Once a tag has fitted, they are MD5s, and one that does not fit is damage.
struct S3Digest {
  private var sum: Checksum
  private let expected: String
  private let confirm: (() throws(StoreError) -> S3Body)?
  private let tags: S3Tags

  /// Nil where there is nothing to go by. `again` gives the body anew.
  init?(_ response: HTTPResponse, _ tags: S3Tags, again: @escaping () throws(StoreError) -> S3Body) {
    self.tags = tags
    if let (kind, text) = Self.checksum(response) {
      (sum, expected, confirm) = (Checksum(kind), text, nil)
    } else if let tag = Self.md5(response), !tags.areOpaque {
      (sum, expected, confirm) = (Checksum(.md5), tag, again)
    } else {
      return nil
    }
  }

  /// A checksum of checksums, of the parts of an upload, is of type COMPOSITE, or ends in their number.
  private static func checksum(_ response: HTTPResponse) -> (Checksum.Kind, String)? {
    guard response.header("x-amz-checksum-type").map({ $0.uppercased() == "FULL_OBJECT" }) ?? true else {
      return nil
    }
    for kind in Checksum.Kind.allCases where kind != .md5 {
      if let text = response.header("x-amz-checksum-\(kind.rawValue)"), !text.contains("-") {
        return (kind, text)
      }
    }
    return nil
  }

  private static func md5(_ response: HTTPResponse) -> String? {
    let isEncrypted =
      response.header("x-amz-server-side-encryption")?.hasPrefix("aws:kms") == true
      || response.header("x-amz-server-side-encryption-customer-algorithm") != nil
    guard !isEncrypted, let tag = response.tag, Hex.isWritten(tag, digits: 32) else { return nil }
    return tag
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { sum.update(bytes) }

  func check() throws(StoreError) {
    let fits = Self.text(sum) == expected
    guard let confirm else {
      if !fits { throw Self.damaged("its checksum, \(sum.kind.rawValue)") }
      return
    }
    if fits {
      tags.settle(.md5)
    } else {
      if tags.areUnknown, try Self.text(Self.sum(of: confirm())) == Self.text(sum) { tags.settle(.opaque) }
      // Another thread may have found that out meanwhile.
      guard tags.areOpaque else { throw Self.damaged("its tag, an MD5") }
    }
  }

  private static func damaged(_ what: String) -> StoreError {
    .unavailable("what came does not fit \(what)")
  }

  private static func text(_ sum: Checksum) -> String {
    sum.kind == .md5 ? Hex.encode(sum.finish()) : Base64.encode(sum.finish())
  }

  private static func sum(of body: S3Body) throws(StoreError) -> Checksum {
    var sum = Checksum(.md5)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try body.read(into: chunk)
      if count == 0 { return sum }
      sum.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}

/// What was found out about a store's tags.
final class S3Tags: Sendable {
  enum Kind {
    case md5
    /// They look like an MD5, and are none.
    case opaque
  }

  private let kind = Mutex<Kind?>(nil)
  /// Takes a line for a person who wants to know all.
  private let detail: @Sendable (String) -> Void

  init(detail: @escaping @Sendable (String) -> Void) { self.detail = detail }

  var areOpaque: Bool { kind.withLock { $0 == .opaque } }
  var areUnknown: Bool { kind.withLock { $0 == nil } }

  /// What was found out first stays.
  func settle(_ found: Kind) {
    let isNew = kind.withLock { kind in
      defer { kind = kind ?? found }
      return kind == nil
    }
    if isNew, found == .opaque {
      detail("the store's tags look like MD5s and are none: they are not checked")
    }
  }
}
