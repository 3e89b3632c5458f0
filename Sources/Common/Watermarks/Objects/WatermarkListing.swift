internal import Bytes
internal import Failures
internal import Objects
internal import Partitions
internal import Threads

/// The watermarks of all names with a prefix: a listing, and a GET a name, many at once.
///
/// With `unmovedSince`, an object that was changed since then needs no GET: it was moved since, or was found idle. The
/// listing's time is by the store's clock and the moves' by those of the machines, so there is a minute between the two; and of a time
/// long past, as in a replay, the listing tells nothing.
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
    let insistence = place.begin()
    let changed = try horizon(insistence)
    var found: [Watermark] = []
    // Longer than a name can be.
    guard prefix.utf8.count <= 255 else { return [] }
    var request = ListRequest(prefix: place.key("watermarks/" + prefix))
    repeat {
      let page = try place.ask("list", place.name("watermarks/"), insistence) { (store) throws(StoreError) in
        try store.list(request)
      }
      let names = page.objects.filter { $0.modified < changed }.compactMap { name(of: $0.key) }
      found += try watermarks(names).compactMap(\.self)
      request.continuing = page.next
    } while request.continuing != nil
    return found.sorted { $0.name < $1.name }
  }

  /// Seconds since 1970: what was changed then or later is left out.
  private func horizon(_ insistence: Insistence) throws(Failure) -> Int64 {
    guard let unmovedSince else { return .max }
    let now = try place.ask("read the clock of", place.location.description, insistence) {
      (store) throws(StoreError) in try store.now()
    }
    return now / 1000 - unmovedSince.seconds > Self.recent ? .max : unmovedSince.seconds + Self.doubt
  }

  /// Nil for an object of something else.
  private func name(of key: Key) -> WatermarkName? {
    let file = key.bytes.dropFirst(place.key("watermarks/").bytes.count)
    guard file.suffix(5).elementsEqual(".json".utf8) else { return nil }
    let text = String(decoding: file.dropLast(5), as: UTF8.self)
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return try? WatermarkName(text)
  }

  private func watermarks(_ names: [WatermarkName]) throws(Failure) -> [Watermark?] {
    try parallelMap(count: names.count, threads: Self.threads) { (index) throws(Failure) -> Watermark? in
      let file = ObjectPlace.watermark(names[index])
      let watermark = try place.read(WatermarkSummary.self, file, place.begin())?.watermark
      guard let watermark else { return nil }
      if let unmovedSince, watermark.at >= unmovedSince { return nil }
      return watermark
    }
  }
}
