internal import Bytes

/// A page of a listing, made from keys that come in byte order: where it begins, what belongs to it, when it is full.
///
/// With `delimited`, a prefix counts as one entry, and compares with the marker as its own bytes do.
struct PageBuilder {
  private(set) var page = ListPage()
  let request: ListRequest
  /// Nothing up to this key, and not this one.
  private let marker: [UInt8]?
  private var last: [UInt8] = []
  /// What the names on the page have.
  private var bytes = 0
  /// As many as 65,536 names of 256 bytes: paths may be longer, and are then fewer on a page.
  private static let most = 16 << 20

  /// A token is the last entry of the page before, as a line would have it.
  init(_ request: ListRequest) throws(StoreError) {
    self.request = request
    guard let token = request.continuing else {
      marker = request.startAfter?.bytes
      return
    }
    guard let bytes = PercentEncoding.decode(token) else { throw .invalid("a malformed continuation token") }
    marker = bytes
  }

  private var isFull: Bool {
    page.objects.count + page.prefixes.count >= max(request.limit, 1) || bytes >= Self.most
  }

  /// Whether an object or a prefix of this name has its place after the marker.
  func wants(_ key: [UInt8]) -> Bool {
    guard key.starts(with: request.prefix.bytes) else { return false }
    guard let marker else { return true }
    return marker.lexicographicallyPrecedes(key)
  }

  /// Whether some key that begins with `directory`, which ends in `/`, can be wanted.
  func wants(below directory: [UInt8]) -> Bool {
    let prefix = request.prefix.bytes
    guard directory.starts(with: prefix) || prefix.starts(with: directory) else { return false }
    guard let marker else { return true }
    return marker.lexicographicallyPrecedes(directory) || marker.starts(with: directory)
  }

  /// What a key is folded into; nil where it stands for itself.
  func fold(of key: [UInt8]) -> [UInt8]? {
    guard request.delimited, key.starts(with: request.prefix.bytes) else { return nil }
    let start = request.prefix.bytes.count
    guard let slash = key[start...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return Array(key[...slash])
  }

  /// False when the page was full before this one: it is the first of the next page.
  mutating func add(_ object: ObjectInfo) -> Bool {
    guard makeRoom(for: object.key.bytes) else { return false }
    page.objects.append(object)
    return true
  }

  mutating func add(prefix: [UInt8]) -> Bool {
    guard makeRoom(for: prefix) else { return false }
    page.prefixes.append(Key(prefix))
    return true
  }

  private mutating func makeRoom(for entry: [UInt8]) -> Bool {
    if isFull {
      page.next = PercentEncoding.encodeForLine(last)
      return false
    }
    last = entry
    bytes += entry.count
    return true
  }
}
