import Bytes
import Objects
import Synchronization

/// Keys in an array, listed by looking at each, in pages of a few: it keeps every answer that it gave.
final class SpyStore: ObjectStore {
  private let keys: [Key]
  private let pageSize: Int
  private let answers = Mutex<[ListPage]>([])

  init(_ keys: [Key], pageSize: Int = 1000) {
    self.keys = Set(keys).sorted()
    self.pageSize = pageSize
  }

  var pages: [ListPage] { answers.withLock { $0 } }
  var requests: Int { pages.count }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    var page = ListPage()
    let start = request.continuing.flatMap { PercentEncoding.decode($0) } ?? request.startAfter?.bytes
    for key in keys where key.bytes.starts(with: request.prefix.bytes) {
      let slash = key.bytes[request.prefix.bytes.count...].firstIndex(of: UInt8(ascii: "/"))
      let folded = request.delimited ? slash.map { Key(key.bytes[...$0]) } : nil
      let entry = folded ?? key
      if let start, !start.lexicographicallyPrecedes(entry.bytes) { continue }
      if page.prefixes.last == entry { continue }
      if page.objects.count + page.prefixes.count == min(pageSize, request.limit) {
        page.next = PercentEncoding.encodeForLine(
          max(page.objects.last?.key ?? "", page.prefixes.last ?? "").bytes)
        break
      }
      if folded == nil { page.objects.append(Self.info(key)) } else { page.prefixes.append(entry) }
    }
    answers.withLock { $0.append(page) }
    return page
  }

  static func info(_ key: Key) -> ObjectInfo {
    ObjectInfo(
      key: key, bytes: Int64(key.bytes.count), tag: "t", modified: 1_800_000_000 + Int64(key.bytes.count))
  }

  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { throw .unsupported("only lists") }
  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    throw .unsupported("only lists")
  }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { throw .unsupported("only lists") }
  func remove(_ key: Key) throws(StoreError) { throw .unsupported("only lists") }
}
