internal import Bytes
internal import Failures
internal import Objects
internal import Partitions
internal import Threads

/// The watermarks of all names with a prefix: a listing, and a GET a name, many at once.
///
/// With `recently`, an object that was changed then needs no GET: it was moved then, unless the name was also found
/// idle. The listing's times are by the store's clock and the moves' by those of the machines, so a minute is allowed between
/// the two; and of a time long past, as in a replay, the listing tells nothing.
struct WatermarkListing {
  let place: ObjectPlace
  let prefix: String
  let recently: Recently?

  /// How many GETs at once.
  private static let threads = 32
  /// Seconds by which clocks may differ.
  private static let doubt: Int64 = 60
  /// Seconds that are no replay.
  private static let recent: Int64 = 7 * 86_400

  func run() throws(Failure) -> [Watermark] {
    // Longer than a name can be.
    guard prefix.utf8.count <= 255 else { return [] }
    let told = try told()
    var (asked, changed): ([WatermarkName], Set<WatermarkName>) = ([], [])
    try list("watermarks/") { (names) in
      for (name, modified) in names {
        if told?.contains(modified) ?? false { changed.insert(name) } else { asked.append(name) }
      }
    }
    // Afterwards: what changed a watermark that was found idle is there before that is changed.
    if let told, !changed.isEmpty {
      try list("idle/") { (names) in
        asked += names.lazy.filter { $0.modified >= told.lowerBound - 2 * Self.doubt }.map(\.name)
          .filter(changed.contains)
      }
    }
    return try watermarks(asked).sorted { $0.name < $1.name }
  }

  /// Which of the listing's times, in seconds since 1970, tell of a move then; nil where they do not.
  private func told() throws(Failure) -> Range<Int64>? {
    guard let recently else { return nil }
    let now = try place.ask("read the clock of", place.root.location.description, place.begin()) {
      (store) throws(StoreError) in try store.now()
    }
    let (start, end) = (recently.start.seconds + Self.doubt, recently.end.seconds + 1)
    return now / 1000 - recently.start.seconds > Self.recent || start > end ? nil : start..<end
  }

  /// The names of the objects in a folder, and when they were changed, page by page.
  private func list(
    _ folder: String, _ body: ([(name: WatermarkName, modified: Int64)]) throws(Failure) -> Void
  ) throws(Failure) {
    let start = place.root.key(folder).bytes.count
    var request = ListRequest(prefix: place.root.key(folder + prefix))
    repeat {
      let page = try place.ask("list", place.root.name(folder), place.begin()) { (store) throws(StoreError) in
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
    return all.compactMap(\.self).filter { watermark in !(recently?.contains(watermark.at) ?? false) }
  }
}
