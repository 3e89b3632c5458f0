internal import Bytes
internal import Failures
internal import Files
internal import Synchronization

/// Objects in memory, for tests: it behaves as the other stores do. The tag is the size and a counter of writes, in hex.
package final class MemoryStore: ObjectStore {
  private struct Object {
    let bytes: [UInt8]
    let info: ObjectInfo
  }

  private struct Content {
    var objects: [Key: Object] = [:]
    var writes: Int64 = 0
  }

  private let content = Mutex(Content())

  package init() {}

  package var requests: Int { 0 }

  package func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    let infos = content.withLock { $0.objects.values.map(\.info) }.sorted { $0.key < $1.key }
    var builder = try PageBuilder(request)
    var folded: [UInt8]?
    for info in infos where info.key.bytes.starts(with: request.prefix.bytes) {
      if let prefix = builder.fold(of: info.key.bytes) {
        if prefix == folded || !builder.wants(prefix) { continue }
        folded = prefix
        guard builder.add(prefix: prefix) else { break }
      } else if builder.wants(info.key.bytes) {
        guard builder.add(info) else { break }
      }
    }
    return builder.page
  }

  package func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try StoreKey.check(key)
    guard let object = content.withLock({ $0.objects[key] }) else { throw .notFound(.object) }
    if let tag, tag != object.info.tag { throw .conditionFailed }
    return OpenObject(tag: object.info.tag, bytes: object.info.bytes, body: ArraySource(object.bytes))
  }

  package func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject {
    try StoreKey.check(key)
    guard let object = content.withLock({ $0.objects[key] }) else { throw .notFound(.object) }
    if let tag, tag != object.info.tag { throw .conditionFailed }
    let contents = ObjectContents(bytes: object.info.bytes, name: key.description) { offset, buffer in
      buffer.copyBytes(from: object.bytes[Int(offset)..<Int(offset) + buffer.count])
    }
    return RandomObject(tag: object.info.tag, bytes: object.info.bytes, contents: contents)
  }

  package func write(
    _ key: Key, _ contents: Contents, if condition: WriteCondition
  ) throws(StoreError) -> String {
    try StoreKey.check(key)
    let bytes: [UInt8]
    switch contents {
    case .bytes(let given): bytes = given
    case .file(let path, _): bytes = try Self.contents(of: path)
    }
    let written: Result<String, StoreError> = content.withLock { content in
      if let error = condition.violation(by: content.objects[key]?.info.tag) { return .failure(error) }
      content.writes += 1
      let tag = String(bytes.count, radix: 16) + "-" + String(content.writes, radix: 16)
      let info = ObjectInfo(key: key, bytes: Int64(bytes.count), tag: tag, modified: content.writes)
      content.objects[key] = Object(bytes: bytes, info: info)
      return .success(tag)
    }
    return try written.get()
  }

  package func copy(
    _ source: ObjectInfo, of store: any ObjectStore, to key: Key, sha256: String
  ) throws(StoreError) -> Bool {
    guard let other = store as? MemoryStore else { throw .unsupported("the two are not in one store") }
    guard let object = other.content.withLock({ $0.objects[source.key] }) else { throw .notFound(.object) }
    guard object.info.tag == source.tag else { throw .conditionFailed }
    guard SHA256.hex(object.bytes) == sha256 else { throw .invalid("the object has another checksum") }
    _ = try write(key, .bytes(object.bytes), if: .always)
    return true
  }

  package func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try StoreKey.check(key)
    return content.withLock { $0.objects[key]?.info }
  }

  package func remove(_ key: Key) throws(StoreError) {
    try StoreKey.check(key)
    content.withLock { _ = $0.objects.removeValue(forKey: key) }
  }

  private static func contents(of path: String) throws(StoreError) -> [UInt8] {
    do {
      let file = try Descriptor.reading(Array(path.utf8))
      return try FileIO.readAll(file.number, name: path)
    } catch { throw StoreError(error) }
  }
}
