package import Bytes
package import Failures
internal import Glibc

/// A key below a store's root: bytes, `/` between its components. Never an option, never a local path by itself.
package struct Key: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let bytes: [UInt8]

  package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  package init(_ text: String) { bytes = Array(text.utf8) }
  package init(stringLiteral text: String) { bytes = Array(text.utf8) }

  package static func < (a: Key, b: Key) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
  package static func + (a: Key, b: Key) -> Key { Key(a.bytes + b.bytes) }

  /// Percent-encoded, as in the lines.
  package var description: String { PercentEncoding.encodeForLine(bytes) }
}

/// What a listing says of an object.
package struct ObjectInfo: Equatable, Sendable {
  package let key: Key
  package let bytes: Int64
  /// The version of the content. S3: the ETag without its quotes; local: size and nanosecond mtime, in hex.
  package let tag: String
  /// Seconds since 1970.
  package let modified: Int64

  package init(key: Key, bytes: Int64, tag: String, modified: Int64) {
    self.key = key
    self.bytes = bytes
    self.tag = tag
    self.modified = modified
  }
}

package struct ListPage: Sendable {
  /// In key byte order.
  package var objects: [ObjectInfo] = []
  /// With `delimited`: what lies one level down, each ending in `/`, in byte order. Empty otherwise.
  package var prefixes: [Key] = []
  /// Where the next page goes on; nil when this is the last.
  package var next: String?

  package init() {}
}

package struct ListRequest: Sendable {
  /// Only keys that begin with these bytes. Need not end at a `/`.
  package var prefix: Key
  /// Only keys after this one, in byte order; of no effect when a page goes on. With `delimited` a prefix counts
  /// as a key of that name, so what lies in the middle of `a/` leaves `a/` out.
  package var startAfter: Key?
  /// Fold what lies behind the next `/` after the prefix into `prefixes`.
  package var delimited: Bool
  package var limit: Int
  package var continuing: String?

  package init(
    prefix: Key, startAfter: Key? = nil, delimited: Bool = false, limit: Int = 1000, continuing: String? = nil
  ) {
    self.prefix = prefix
    self.startAfter = startAfter
    self.delimited = delimited
    self.limit = limit
    self.continuing = continuing
  }
}

/// When a write may happen.
package enum WriteCondition: Equatable, Sendable {
  case always
  /// Only if there is no object of that key.
  case absent
  /// Only if the object has exactly this tag.
  case matches(String)
}

/// What is written: bytes, or a file from its beginning to its end.
package enum Contents: Sendable {
  case bytes([UInt8])
  /// `sha256`, in hex, is known where the whole file was read and verified just before: it is not read for that again.
  case file(path: String, sha256: String? = nil)
}

/// Objects under a root: a directory, or a bucket. Every method may be called from several threads at once.
package protocol ObjectStore: Sendable {
  /// One page of the objects below a prefix, of at most `limit` objects and prefixes, in key byte order.
  /// A prefix with nothing below it gives an empty page; a root that does not exist is `notFound`.
  func list(_ request: ListRequest) throws(StoreError) -> ListPage

  /// The same page in one piece, without prefixes; the request is not `delimited`.
  func packed(_ request: ListRequest) throws(StoreError) -> PackedPage

  /// The object's bytes from the start. With `tag`, only if it still has it: else `conditionFailed`.
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject

  /// The same object, to be read at any place: what is read is always of that one version, else `conditionFailed`. Several
  /// threads may read.
  func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject

  /// Writes the object whole or not at all, durable when this returns; its new tag.
  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String

  /// Has the store itself copy an object of that store or of another one, of that tag, whole or not at all, durable when this
  /// returns. Whether it has said that the copy has this SHA-256 (in hex); where it has not, only a look at the copy tells.
  /// `unsupported` where it can't: nothing is known of the key then. `invalid` where it says that it has another one.
  func copy(
    _ source: ObjectInfo, of store: any ObjectStore, to key: Key, sha256: String
  ) throws(StoreError) -> Bool

  /// Size, tag and time; nil where there is no such object.
  func info(_ key: Key) throws(StoreError) -> ObjectInfo?

  /// Removes the object; one that is not there is as good as removed.
  func remove(_ key: Key) throws(StoreError)

  /// Makes an object durable that another writer put there and may have died over: a rename is visible before it is
  /// durable. Nothing to do where what is visible is durable.
  func settle(_ key: Key) throws(StoreError)

  /// The large writes below a prefix that have begun and neither ended nor been abandoned: of a writer at work, or of one
  /// that died. They take space, and no reader sees them.
  func unfinished(below prefix: Key) throws(StoreError) -> [UnfinishedWrite]

  /// Throws away what such a write has sent, and makes it fail where it is still at work.
  func abandon(_ write: UnfinishedWrite) throws(StoreError)

  /// What time it is by the clock that all who use the store see alike, in milliseconds since 1970: never later than it is
  /// there, and by a second earlier at most where the store tells no more.
  func now() throws(StoreError) -> Int64

  /// The same store, which sends nothing again once so many seconds have passed, or its own patience is over.
  func patient(for seconds: Double) -> any ObjectStore

  /// How many requests were sent so far; 0 for a store that needs none.
  var requests: Int { get }
}

/// A large write that has not ended.
package struct UnfinishedWrite: Equatable, Sendable {
  package let key: Key
  /// The store's name for it: there may be several of one key.
  package let id: String
  /// Seconds since 1970.
  package let begun: Int64

  package init(key: Key, id: String, begun: Int64) {
    self.key = key
    self.id = id
    self.begun = begun
  }
}

/// An object that is being read.
package struct OpenObject {
  package let tag: String
  package let bytes: Int64
  package let body: any ByteSource

  package init(tag: String, bytes: Int64, body: any ByteSource) {
    self.tag = tag
    self.bytes = bytes
    self.body = body
  }
}

extension OpenObject {
  /// All of it, piece by piece; a failure to read it names it.
  package func forEachPiece(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count: Int
      do throws(StoreError) { count = try read(into: chunk) } catch {
        throw error.failure(cannot: "read", name)
      }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}

extension ObjectStore {
  package func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject {
    throw .unsupported("objects of this store are read from their beginning only")
  }

  package func copy(
    _ source: ObjectInfo, of store: any ObjectStore, to key: Key, sha256: String
  ) throws(StoreError) -> Bool {
    throw .unsupported("the store copies no objects")
  }

  package func settle(_ key: Key) throws(StoreError) {}
  package func patient(for seconds: Double) -> any ObjectStore { self }

  /// This machine's clock.
  package func now() throws(StoreError) -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
  }

  package func unfinished(below prefix: Key) throws(StoreError) -> [UnfinishedWrite] { [] }
  package func abandon(_ write: UnfinishedWrite) throws(StoreError) {}

  package func packed(_ request: ListRequest) throws(StoreError) -> PackedPage {
    PackedPage(try list(request))
  }

  /// A small object whole, with its tag; nil where there is none of that key.
  package func read(_ key: Key, limit: Int = 1 << 30) throws(StoreError) -> (bytes: [UInt8], tag: String)? {
    let object: OpenObject
    do throws(StoreError) { object = try open(key, tag: nil) } catch {
      if case .notFound(.object) = error { return nil }
      throw error
    }
    guard object.bytes <= limit else { throw .invalid("larger than \(limit) bytes") }
    var result: [UInt8] = []
    result.reserveCapacity(Int(object.bytes))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try object.read(into: chunk)
      if count == 0 { break }
      result.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      guard result.count <= limit else { throw .invalid("larger than \(limit) bytes") }
    }
    return (result, object.tag)
  }
}
