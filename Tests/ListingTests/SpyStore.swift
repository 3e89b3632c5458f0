import Bytes
import Glibc
import Objects
import Seeded
import Synchronization

/// Keys in an array, in pages of a few: it keeps every answer that it gave. Between two answers it may be changed, or fail;
/// and its answers may be changed.
final class SpyStore: ObjectStore {
  private struct Content {
    var keys: [Key]
    var answers: [ListPage] = []
    var given: Set<Key> = []
  }

  private let content: Mutex<Content>
  private let pageSize: Int
  /// Is called before each answer with the number of those before; gives keys that are new.
  private let before: @Sendable (Int) throws(StoreError) -> [Key]
  private let change: Change

  /// Changes an answer; is told the request, and how many answers there were before.
  typealias Change = @Sendable (inout ListPage, ListRequest, Int) -> Void

  init(
    _ keys: [Key], pageSize: Int = 1000,
    before: @escaping @Sendable (Int) throws(StoreError) -> [Key] = { (_) throws(StoreError) in [] },
    change: @escaping Change = wholePages
  ) {
    content = Mutex(Content(keys: Self.inOrder(keys)))
    self.pageSize = pageSize
    self.before = before
    self.change = change
  }

  /// Each once. By memcmp, since nothing else of a listing of many keys takes as long where it is not optimized.
  private static func inOrder(_ keys: [Key]) -> [Key] {
    func order(_ one: Key, _ other: Key) -> Int {
      let (one, other) = (one.bytes, other.bytes)
      let first = Int(memcmp(one, other, min(one.count, other.count)))
      return first == 0 ? one.count - other.count : first
    }
    let sorted = keys.sorted { order($0, $1) < 0 }
    return sorted.prefix(1) + zip(sorted, sorted.dropFirst()).filter { order($0, $1) != 0 }.map(\.1)
  }

  var pages: [ListPage] { content.withLock { $0.answers } }
  var requests: Int { content.withLock { $0.answers.count } }
  /// Those whose answer was not an empty page of many.
  var requestsForSome: Int {
    pages.filter { $0.next == nil || !$0.objects.isEmpty || !$0.prefixes.isEmpty }.count
  }
  /// How many objects were given, once or more.
  var given: Int { content.withLock { $0.given.count } }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    let new = try before(requests)
    return content.withLock { content in
      for key in new { content.keys.insert(key, at: content.keys.partitioningIndex { $0 > key }) }
      var page = Self.page(of: content.keys, request, pageSize: min(pageSize, request.limit))
      change(&page, request, content.answers.count)
      content.answers.append(page)
      content.given.formUnion(page.objects.map(\.key))
      return page
    }
  }

  private static func page(of keys: [Key], _ request: ListRequest, pageSize: Int) -> ListPage {
    var page = ListPage()
    let marker = Self.marker(request)
    let first = max(Key(marker), request.prefix)
    for key in keys[(keys.partitioningIndex { $0 >= first })...] {
      guard key.bytes.starts(with: request.prefix.bytes) else { break }
      let slash = key.bytes[request.prefix.bytes.count...].firstIndex(of: UInt8(ascii: "/"))
      let folded = request.delimited ? slash.map { Key(key.bytes[...$0]) } : nil
      let entry = folded ?? key
      if !marker.lexicographicallyPrecedes(entry.bytes) { continue }
      if page.prefixes.last == entry { continue }
      if page.objects.count + page.prefixes.count == pageSize {
        page.next = Self.token(behind: max(page.objects.last?.key ?? "", page.prefixes.last ?? "").bytes)
        break
      }
      if folded == nil { page.objects.append(Self.info(key)) } else { page.prefixes.append(entry) }
    }
    return page
  }

  private static func marker(_ request: ListRequest) -> [UInt8] {
    guard let token = request.continuing else { return request.startAfter?.bytes ?? [] }
    return PercentEncoding.decode(token.split(separator: " ", omittingEmptySubsequences: false)[0]) ?? []
  }

  /// `unique` makes one token differ from another that goes on at the same place.
  private static func token(behind key: [UInt8], unique: Int = 0) -> String {
    PercentEncoding.encodeForLine(key) + " \(unique)"
  }

  /// Leaves so many objects on a page, if it has more; with none of them, the listing goes on where this page began.
  static func cut(_ page: inout ListPage, _ request: ListRequest, to count: Int, unique: Int) {
    guard page.prefixes.isEmpty, page.objects.count > count else { return }
    page.objects.removeLast(page.objects.count - count)
    page.next = token(behind: page.objects.last?.key.bytes ?? marker(request), unique: unique)
  }

  static let wholePages: Change = { _, _, _ in }

  /// Pages of any length, and now and then one without anything that is not the last.
  static func shortPages(_ seed: UInt64, of size: Int) -> Change {
    { page, request, answers in
      var random = SeededRandom(seed &+ UInt64(answers))
      let count = random.next() % 4 == 0 ? 0 : Int(random.next() % UInt64(size)) + 1
      cut(&page, request, to: count, unique: answers)
    }
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

extension Array {
  /// The index of the first element, of those in order, for which the condition holds.
  func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
