internal import Bytes
internal import Failures
internal import Objects
internal import Partitions
internal import Threads

/// The watermarks of all names with a prefix: a listing, and a GET a name, many at once.
///
/// With `unmovedSince`, an object that was changed since then needs no GET: it was moved since, unless the name was also found
/// idle since. The listing's times are by the store's clock and the moves' by those of the machines, so a minute is
/// allowed between the two; and of a time long past, as in a replay, the listing tells nothing.
struct WatermarkListing {
  let place: ObjectPlace
  let prefix: String
  let unmovedSince: Instant?

  /// How many GETs at once.
  private static let threads = 32
  /// Seconds by which clocks may differ.
  private static let doubt: Int64 = 60
  /// Seconds that are no replay.
  private static let recent: Int64 = 7 * 86_400

  func run() throws(Failure) -> [Watermark] {
    // Longer than a name can be.
    guard prefix.utf8.count <= 255 else { return [] }
    let start = try start()
    var idle: Set<WatermarkName> = []
    if let start {
      try list("idle/") { (names) in
        idle.formUnion(names.lazy.filter { $0.modified >= start - Self.doubt }.map(\.name))
      }
    }
    var found: [Watermark] = []
    try list("watermarks/") { (names) throws(Failure) in
      let asked = names.filter { name in
        start.map { name.modified < $0 + Self.doubt } ?? true || idle.contains(name.name)
      }
      found += try watermarks(asked.map(\.name))
    }
    return found.sorted { $0.name < $1.name }
  }

  /// Seconds since 1970, from which on the listing's times tell of moves; nil where they do not.
  private func start() throws(Failure) -> Int64? {
    guard let unmovedSince else { return nil }
    let now = try place.ask("read the clock of", place.location.description, place.begin()) {
      (store) throws(StoreError) in try store.now()
    }
    return now / 1000 - unmovedSince.seconds > Self.recent ? nil : unmovedSince.seconds
  }

  /// The names of the objects in a folder, and when they were changed, page by page.
  private func list(
    _ folder: String, _ body: ([(name: WatermarkName, modified: Int64)]) throws(Failure) -> Void
  ) throws(Failure) {
    let start = place.key(folder).bytes.count
    var request = ListRequest(prefix: place.key(folder + prefix))
    repeat {
      let page = try place.ask("list", place.name(folder), place.begin()) { (store) throws(StoreError) in
        try store.list(request)
      }
      try body(page.objects.compactMap { object in name(object.key, start).map { ($0, object.modified) } })
      request.continuing = page.next
    } while request.continuing != nil
  }

  /// Nil for an object of something else.
  private func name(_ key: Key, _ start: Int) -> WatermarkName? {
    let file = key.bytes.dropFirst(start)
    guard file.suffix(5).elementsEqual(".json".utf8) else { return nil }
    let text = String(decoding: file.dropLast(5), as: UTF8.self)
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return try? WatermarkName(text)
  }

  private func watermarks(_ names: [WatermarkName]) throws(Failure) -> [Watermark] {
    let all = try parallelMap(count: names.count, threads: Self.threads) {
      (index) throws(Failure) -> Watermark? in
      let file = ObjectPlace.watermark(names[index])
      return try place.read(WatermarkSummary.self, file, place.begin())?.watermark
    }
    return all.compactMap(\.self).filter { watermark in unmovedSince.map { watermark.at < $0 } ?? true }
  }
}
