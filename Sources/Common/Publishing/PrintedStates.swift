package import Bytes
package import Failures
package import Files
internal import Glibc
internal import Lines
package import Objects

// builds/printed: which builds of that directory the reader of their printed changes may have, the oldest first. Lines:
//
//     #printed  generation=0                         no documents
//     #printed  generation=7  location=s3://b/...    what --from named
//     #printed  generation=8  index=<id>             a build that lies beside it
//     #end      lines=3
//
// The first is what the reader's watermark stands at. Each of the others was printed, whole or in part. A generation is one
// printing, or what a target has as that one, so no two builds have the same number, in other directories neither.

/// What a reader of printed changes may have, who has whole lines of one after the other: of each document what any of the states
/// shows, since he had all of the first.
package struct PrintedStates {
  package struct State: Equatable, Sendable {
    package let generation: Int
    /// Nil: no documents.
    package let location: Location?

    package init(_ generation: Int, _ location: Location?) {
      (self.generation, self.location) = (generation, location)
    }
  }

  private let build: Location
  /// The directory that the build lies in.
  private let place: StorePlace
  /// Nil where nothing was printed here; empty where that is damaged, and says nothing.
  private let states: [State]?
  private let tag: String?

  private static let name = "printed"

  /// Of the directory that a build lies in; its location is the same from every directory.
  package init(beside build: Location, stores: Stores) throws(Failure) {
    self.build = build
    place = try StorePlace(build.directory, stores: stores)
    let found = try place.read(Self.name, limit: Generation.largest)
    tag = found?.tag
    states = found.map { [place] in Self.states($0.bytes, in: place.location) }
  }

  /// Those that the reader may have whose watermark is at that generation, 0 for none; nil where that is not known.
  package func since(_ generation: Int) -> [State]? {
    guard let states else { return generation == 0 ? [State(0, nil)] : nil }
    return states.firstIndex { $0.generation == generation }.map { Array(states[$0...]) }
  }

  /// Held while lines are printed, since of two at once the older ones might arrive last; 75 where it is held. Nil in a bucket.
  package func lock() throws(Failure) -> FileLock? {
    guard case .local(let path) = place.location else { return nil }
    if let lock = try FileLock(".printing", in: Directory.open(path), wait: false) { return lock }
    throw Failure(
      .tryAgain, "cannot print the change: another index-publish is at it, of a build of the same directory")
  }

  /// The number of the next printing, to a reader who may have those.
  package func next(after old: [State]) -> Int {
    max(old.first?.generation ?? 0, states?.last?.generation ?? 0, Self.clock()) + 1
  }

  /// Writes down that the build is being printed as that generation to a reader who may have those. No word says any more that one
  /// of them is what is published (BuiltIndex.leaveWord). 75 where another printer was faster.
  package func begin(_ number: Int, after old: [State]) throws(Failure) {
    let new = old + [State(number, build)]
    for id in Set(new.compactMap(id(of:))) { try place.remove(id + ".published") }
    let text = new.map { line($0).text + "\n" }.joined() + Self.end(lines: new.count)
    let condition = tag.map { WriteCondition.matches($0) } ?? .absent
    if var error = try place.write(Self.name, Array(text.utf8), if: condition) {
      // It was there.
      if case .notFound = error { error = .conditionFailed }
      throw error.failure(cannot: "write", place.name(Self.name))
    }
  }

  /// Microseconds: what another work directory has printed to the same reader has another number.
  private static func clock() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  private static func end(lines: Int) -> String { "#end\tlines=\(lines)\n" }

  private func line(_ state: State) -> Receipt {
    var line = Receipt("printed")
    line.append("generation", state.generation)
    if let id = id(of: state) {
      line.append("index", id)
    } else if let location = state.location {
      line.append("location", location)
    }
    return line
  }

  /// Of a build that lies there; nil for any other.
  private func id(of state: State) -> String? {
    guard let name = state.location?.description.split(separator: "/").last, name.hasSuffix(".json"),
      place.location.appending(String(name)) == state.location
    else { return nil }
    return String(name.dropLast(".json".utf8.count))
  }

  private static func states(_ bytes: [UInt8], in directory: Location) -> [State] {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast(2)
    guard bytes.reversed().starts(with: end(lines: lines.count).utf8.reversed()) else { return [] }
    var states: [State] = []
    for line in lines {
      guard let line = Receipt(Substring(decoding: line, as: UTF8.self)), line.word == "printed",
        let generation = line["generation"].flatMap({ Int($0) }), (0..<Members.largest).contains(generation)
      else { return [] }
      let beside = line["index"].map { directory.appending($0 + ".json") }
      states.append(State(generation, beside ?? line.location("location")))
    }
    return states
  }
}
