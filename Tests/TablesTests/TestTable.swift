import Bytes
import Failures
import Lines
import Objects
import Partitions
import Synchronization

@testable import Tables

/// A table in memory whose log is written by hand.
struct TestTable {
  let store = CountingStore()
  let notes = Notes()
  static let location = Location.s3(bucket: "b", key: Array("t".utf8))

  static let metadata = metadata(["dt"])

  static func metadata(_ columns: [String], types: [String: String] = [:], configuration: String = "{}")
    -> String
  {
    let fields = (columns + ["at"].filter { !columns.contains($0) }).map {
      #"{\"name\":\"\#($0)\",\"type\":\"\#(types[$0] ?? ($0 == "at" ? "timestamp" : "string"))\",\"nullable\":true,\"metadata\":{}}"#
    }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ",")
    let schema = #"{\"type\":\"struct\",\"fields\":[\#(fields.joined(separator: ","))]}"#
    return #"{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"\#(schema)","#
      + #""partitionColumns":[\#(names)],"configuration":\#(configuration)}}"#
  }

  static let `protocol` = #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"#

  static func features(_ names: String...) -> String {
    let list = names.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[\#(list)],"writerFeatures":[]}}"#
  }

  static func add(
    _ path: String, _ day: String? = "2026-05-04", size: Int = 10, modified: Int64 = 1_000,
    isChange: Bool = true,
    more: String = ""
  ) -> String {
    let value = day.map { "\"\($0)\"" } ?? "null"
    return
      #"{"add":{"path":"\#(path)","partitionValues":{"dt":\#(value)},"size":\#(size),"modificationTime":\#(modified),"#
      + #""dataChange":\#(isChange)\#(more)}}"#
  }

  static func remove(_ path: String, isChange: Bool = true, more: String = "") -> String {
    #"{"remove":{"path":"\#(path)","deletionTimestamp":5,"dataChange":\#(isChange)\#(more)}}"#
  }

  static func vector(_ id: String, offset: Int = 1, rows: Int = 6) -> String {
    #","deletionVector":{"storageType":"u","pathOrInlineDv":"\#(id)","offset":\#(offset),"sizeInBytes":40,"cardinality":\#(rows)}"#
  }

  static func info(_ time: Int64) -> String { #"{"commitInfo":{"timestamp":\#(time),"operation":"WRITE"}}"# }

  func put(_ name: String, _ bytes: [UInt8]) throws {
    _ = try store.base.write(Key("t/_delta_log/" + name), .bytes(bytes), if: .always)
  }

  func put(_ name: String, _ lines: String...) throws {
    try put(name, Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  func commit(_ version: Int64, _ lines: String...) throws {
    try put(Self.name(version) + ".json", Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Version 0, without files.
  func begin() throws { try commit(0, Self.protocol, Self.metadata) }

  static func name(_ version: Int64) -> String {
    String(decoding: LogName.start(of: version), as: UTF8.self)
  }

  func remove(_ name: String) throws { try store.base.remove(Key("t/_delta_log/" + name)) }

  func files(
    _ times: TableTimes? = nil, since: String? = nil, until: String? = nil, every: Int64 = 86_400,
    after: Int64? = nil
  ) throws -> TableFiles {
    let notes = notes
    let range = TimeRange(
      since: try since.map { try Instant(parsing: $0, now: Instant(seconds: 0)) },
      until: try until.map { try Instant(parsing: $0, now: Instant(seconds: 0)) })
    let listing = TableListing(
      store, at: Self.location, key: "t", times: try times ?? .layout(Layout("dt=%Y-%m-%d")), range: range,
      every: every, after: after, jobs: 3, note: { notes.add($0) })
    return try listing.run()
  }

  /// `time path` of each file, below the table.
  func list(
    _ times: TableTimes? = nil, since: String? = nil, until: String? = nil, every: Int64 = 86_400,
    after: Int64? = nil
  ) throws -> [String] {
    try files(times, since: since, until: until, every: every, after: after).lines.map { line in
      let location = line.location.description
      return "\(line.time) \(location.hasPrefix("s3://b/t/") ? String(location.dropFirst(9)) : location)"
    }
  }

  /// Why it can't be listed.
  func failure(_ times: TableTimes? = nil, every: Int64 = 86_400, after: Int64? = nil) -> Failure? {
    do {
      _ = try files(times, every: every, after: after)
      return nil
    } catch { return error as? Failure }
  }
}

final class Notes: Sendable {
  private let content = Mutex<[String]>([])
  func add(_ note: String) { content.withLock { $0.append(note) } }
  var all: [String] { content.withLock { $0 } }
}

/// A store in memory that knows what it was asked for.
final class CountingStore: ObjectStore {
  let base = MemoryStore()
  private let asked = Mutex<[String]>([])
  var calls: [String] { asked.withLock { $0 } }

  /// What may not be listed.
  var denied: String? {
    get { refused.withLock { $0 } }
    set { refused.withLock { $0 = newValue } }
  }
  private let refused = Mutex<String?>(nil)

  private func count(_ call: String) { asked.withLock { $0.append(call) } }

  var requests: Int { calls.count }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    count("list \(request.startAfter?.description ?? "")")
    if let denied, request.prefix.description.hasPrefix(denied) { throw .denied("no") }
    return try base.list(request)
  }
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    count("open \(key)")
    return try base.open(key, tag: tag)
  }
  func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject {
    count("openAnywhere \(key)")
    return try base.openAnywhere(key, tag: tag)
  }
  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    try base.write(key, contents, if: condition)
  }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try base.info(key) }
  func remove(_ key: Key) throws(StoreError) { try base.remove(key) }
}
