import Bytes
import Failures
import Foundation
import Glibc
import Lines
import Objects
import Publishing
import Segments
import Testing

@testable import struct Publishing.Generation

/// A corner of a store that belongs to one test alone, and a work directory with made-up builds to publish to it.
/// The files are text, not real segments: publishing must not look inside.
struct Workbench: Sendable {
  let destination: Destination
  let work: String

  /// Where a test runs: in memory, in a directory, and in a bucket where the environment names one.
  enum Place: String, CaseIterable, CustomStringConvertible, Sendable {
    case memory, local, s3

    static let all: [Place] = {
      guard bucket == nil else { return [.memory, .local, .s3] }
      print("AWS_ENDPOINT_URL_S3 or FRESHET_S3_BUCKET is not set: nothing is published to S3")
      return [.memory, .local]
    }()

    static var bucket: String? {
      variable("AWS_ENDPOINT_URL_S3") == nil ? nil : variable("FRESHET_S3_BUCKET")
    }

    var description: String { rawValue }
  }

  init(_ place: Place, wrap: (any ObjectStore) -> any ObjectStore = { $0 }) throws {
    work = try temporaryDirectory()
    let name = "s3://\(Place.bucket ?? "memory")/pub-tests/\(UInt64.random(in: 0 ... .max))/index"
    let location = try #require(Location(place == .local ? work + "/dest" : name))
    switch place {
    case .memory:
      destination = Destination(StorePlace(location, store: wrap(MemoryStore()), key: "index"))
    case .local:
      destination = Destination(
        StorePlace(location, store: wrap(LocalStore(root: work + "/dest")), key: Key([])))
    case .s3:
      let (store, key) = try Stores().store(for: location)
      destination = Destination(StorePlace(location, store: wrap(store), key: key))
    }
  }

  /// The same place through another store.
  func through(_ wrap: (any ObjectStore) -> any ObjectStore) -> Workbench {
    let place = destination.place
    return Workbench(
      destination: Destination(StorePlace(place.location, store: wrap(place.store), key: place.prefix)),
      work: work)
  }

  private init(destination: Destination, work: String) {
    self.destination = destination
    self.work = work
  }

  /// A build of one segment a text, made on that generation; every second segment has a live file.
  func build(
    _ texts: [String], at position: String = "", from: String = "", on generation: Int = 0,
    documents: Int? = nil, slice: String = ""
  ) throws -> BuiltIndex {
    let contents = texts.enumerated().map { index, text in
      let live = index % 2 == 1 ? Array("live \(text)".utf8) : nil
      return SegmentContent(segment: Array("segment \(text)".utf8), live: live, documents: 1)
    }
    return try build(
      contents, at: position, from: from, on: generation, documents: documents ?? texts.count, slice: slice)
  }

  struct SegmentContent {
    let segment: [UInt8]
    var live: [UInt8]?
    /// In the segment.
    let documents: Int
  }

  /// The same of files with that content.
  func build(
    _ contents: [SegmentContent], at position: String, from: String = "", on generation: Int, documents: Int,
    slice: String = ""
  ) throws -> BuiltIndex {
    var segments: [IndexManifest.Segment] = []
    for content in contents {
      let live = content.live.map { IndexManifest.LiveFile(generation: generation, content: $0) }
      let segment = IndexManifest.Segment(
        generation: generation, content: content.segment, documents: content.documents, live: live)
      if let live, let bits = content.live { try write("segments/\(live.name)", bits) }
      try write("segments/\(segment.name)", content.segment)
      segments.append(segment)
    }
    let manifest = IndexManifest(
      position: position, from: from, slice: slice, fields: "id id\n", documents: documents,
      tombstones: 0, groups: contents.count, segments: segments)
    try write("builds/\(manifest.id).json", Array(manifest.json.text.utf8))
    return try BuiltIndex(
      try #require(Location("\(work)/builds/\(manifest.id).json")), stores: Stores())
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    _ = try LocalStore(root: work).write(Key(name), .bytes(bytes), if: .always)
  }

  /// What is published now, with every file read and its checksum compared; nil for nothing.
  func contents() throws -> Contents? {
    guard let current = try destination.current() else { return nil }
    let opened = try OpenedIndex.open(destination)
    if let name = opened.damaged().first { throw Failure(.badData, "\(name) is damaged") }
    return Contents(
      generation: current.generation.number,
      layers: opened.layers.map { $0.segments.map { String(decoding: $0.bytes, as: UTF8.self) } })
  }

  struct Contents: Equatable {
    let generation: Int
    let layers: [[String]]
  }

  /// All keys below the destination, without its own prefix.
  func keys() throws -> [String] {
    let prefix = destination.place.key("")
    // A directory that was never published to is not there.
    if case .local(let path) = destination.location,
      access(path.map { CChar(bitPattern: $0) } + [0], F_OK) != 0
    {
      return []
    }
    var request = ListRequest(prefix: prefix)
    var keys: [String] = []
    repeat {
      let page = try destination.place.store.list(request)
      keys += page.objects.map { String(decoding: $0.key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self) }
      request.continuing = page.next
    } while request.continuing != nil
    return keys
  }

  @discardableResult
  func publish(
    _ built: BuiltIndex, after parent: Parent, base: Bool = false, receipts: [Receipt]? = nil,
    _ adjust: (inout Publisher.Order) -> Void = { _ in }
  ) throws -> Publisher.Outcome {
    var order = Publisher.Order(after: parent)
    order.patience = .seconds(10)
    adjust(&order)
    return try Publisher(destination) { _ in }.publish(
      base ? .base(built.manifest) : .delta(built.manifest), from: built.files,
      receipts: receipts ?? [built.receipt], order)
  }

  @discardableResult
  func collect(keep: Int = 0, after seconds: Int = 60) throws -> [String] {
    let garbage = Garbage(destination, keep: keep, grace: 0)
    let names = try garbage.find(now: Int64(time(nil) + seconds))
    for name in names { try garbage.remove(name) }
    return names
  }
}

extension Parent {
  static func exactly(_ generation: Int) -> Parent { .exactly(generation, lineage: nil) }
}

extension Publisher.Outcome {
  var generation: Int? {
    switch self {
    case .published(let generation, _): generation.number
    case .superseded(let generation, _): generation.number
    case .unchanged(let generation): generation.number
    case .rehearsed: nil
    }
  }

  var isPublished: Bool { if case .published = self { true } else { false } }
  var isUnchanged: Bool { if case .unchanged = self { true } else { false } }
  var isSuperseded: Bool { if case .superseded = self { true } else { false } }
}

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Goes when the process ends.
private let scratch: String = {
  let path = (variable("TMPDIR") ?? "/tmp") + "/freshet-pub-\(UInt64.random(in: 0 ... .max))"
  mkdir(path, 0o700)
  atexit { try? FileManager.default.removeItem(atPath: scratch) }
  return path
}()

func temporaryDirectory() throws -> String {
  let path = scratch + "/\(UInt64.random(in: 0 ... .max))"
  guard mkdir(path, 0o700) == 0 else { throw Failure(errno: errno, cannot: "create", path) }
  return path
}

/// `2026-05-04T10:00:00Z` and so many minutes.
func minute(_ minutes: Int) -> String {
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
  return "2026-05-04T\(two(10 + minutes / 60)):\(two(minutes % 60)):00Z"
}

/// The failure that the body ends with; nil where it ends well.
func failure<T>(of body: () throws -> T) -> Failure? {
  do {
    _ = try body()
    return nil
  } catch { return error as? Failure }
}

extension OpenedIndex {
  /// The files whose checksum is not the one that their manifest has.
  func damaged() -> [String] {
    layers.flatMap { layer in
      zip(layer.manifest.segments, zip(layer.segments, layer.live)).flatMap { segment, mapped in
        zip(segment.files, [mapped.0, mapped.1]).compactMap { file, mapped in
          mapped.map { SHA256.hex(Array($0.bytes)) } == file.sha256 ? nil : file.name
        }
      }
    }
  }
}
