internal import Bytes
package import Failures
internal import Fields
internal import Files
internal import Lines
internal import Reading
internal import Runs
internal import Segments

/// Answers what the last build of a shard knows of documents of which other shards have new records: each needs all records of
/// a document of which it has one.
///
///     KEY <TAB> SHARD              a question: of that document, SHARD has new records
///     want <TAB> KEY               this shard has records of it, too: it needs those that are new
///     (RoutedLine)                 those that it has, for each of the SHARDs; SHARD is who needs it
///
/// A shard tells what is native to it, and no other: so nothing is told twice. That is in the objects' first runs. Of objects that
/// the slice has no longer it tells nothing.
package struct Asking: ~Copyable {
  private let build: Build
  private let input: BuildInput
  /// Keys, and the shards that ask.
  private var questions = Pile<Keyed>()

  package init(_ build: Build, _ input: BuildInput) {
    self.build = build
    self.input = input
  }

  /// Whether the line is a question.
  package mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
    let digits = 16
    guard line.count > digits + 1, line[digits] == UInt8(ascii: "\t"),
      let shard = Int64(
        digits: UnsafeRawBufferPointer(rebasing: line[(digits + 1)...]).bindMemory(to: UInt8.self)),
      (1...Int64(build.shard.count)).contains(shard)
    else { return false }
    var key: UInt64 = 0
    for digit in line[..<digits] {
      guard let value = Hex.value(of: digit) else { return false }
      key = key << 4 | UInt64(value)
    }
    if shard != build.shard.number { questions.append(Keyed(key: key, value: UInt64(shard))) }
    return true
  }

  // MARK: - Answers

  /// Sorted by key, then by shard, then in slice order. Gives their number.
  package mutating func answer(_ print: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure)
    -> Int
  {
    guard questions.count > 0, let last = build.usable(build.work.last) else { return 0 }
    let objects = FedObjects(input, last: last, decoding: build.reading.identity)
    let stayed = Dictionary(objects.known.map { ($1.first, $0) }) { first, _ in first }
    let directory = KeyDirectory(build.work, fields: build.fields, limits: build.limits)
    let files = try directory.open(last.keys).map(\.file)
    RadixSort.sort(questions.mutableElements)
    var answers = Answers(build, input)
    var start = 0
    while start < questions.count {
      // A record that is looked at takes about a KiB.
      var end = min(start + max(build.limits.memory >> 14, 1 << 10), questions.count)
      while end < questions.count, questions[end].key == questions[end - 1].key { end += 1 }
      let asked = UnsafeBufferPointer(rebasing: questions.elements[start..<end])
      let keys = KeyIndex(files, runs: stayed, segments: [:])
      try answers.write(asked, keys, window(objects), print)
      start = end
    }
    return answers.count
  }

  private func window(_ objects: FedObjects) -> Window {
    let (work, known) = (build.work, objects.known)
    func identity(_ index: Int) throws(Failure) -> RunIdentity {
      guard let identity = known[index]?.first else {
        throw Failure(.software, "cannot open a run that is not there")
      }
      return identity
    }
    func run(_ index: Int) throws(Failure) -> Run {
      let identity = try identity(index)
      guard let run = work.run(identity) else {
        throw Failure(.badData, cannot: "read", WorkDirectory.name(of: identity), because: "it is damaged")
      }
      return run
    }
    return Window(
      count: input.objects.count,
      source: Window.Source(
        run: run, sparse: { (index) throws(Failure) in try work.sparseRun(try identity(index)) }))
  }
}

/// The answers to some questions after the other.
private struct Answers: ~Copyable {
  private let build: Build
  private let locations: [String]
  private let json: RecordText
  private var line = Pile<UInt8>()
  private(set) var count = 0

  init(_ build: Build, _ input: BuildInput) {
    self.build = build
    locations = input.objects.map(\.location.description)
    json = RecordText(build.fields)
  }

  mutating func write(
    _ asked: UnsafeBufferPointer<Keyed>, _ keys: KeyIndex, _ window: Window,
    _ print: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var hashes = Hashes()
    for question in asked { hashes.insert(question.key) }
    hashes.seal()
    var found = Pile<Keyed>()
    try keys.forEach(.id, hashes) { hash, mention in
      guard case .record(let run, let number) = mention else { return }
      found.append(Keyed(key: hash, value: Place(run: run, number: number).packed))
    }
    try window.gather(found)
    Selection.sort(&found)
    var first = 0
    while first < asked.count {
      var end = first
      while end < asked.count, asked[end].key == asked[first].key { end += 1 }
      let records = native(found.elements, asked[first].key, window)
      if !records.isEmpty { try write(asked[first..<end], records, window, print) }
      first = end
    }
  }

  /// Those of the key that are this shard's own.
  private func native(_ found: UnsafeBufferPointer<Keyed>, _ key: UInt64, _ window: Window) -> [Place] {
    var places: [Place] = []
    for index in Selection.range(of: key, in: found) {
      let place = Place(packed: found[index].value)
      guard let record = window.record(place) else { continue }
      if RoutedLine.shards(of: record, count: build.shard.count) == .one(build.shard.number) {
        places.append(place)
      }
    }
    return places
  }

  private mutating func write(
    _ asked: Slice<UnsafeBufferPointer<Keyed>>, _ places: [Place], _ window: Window,
    _ print: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    line.removeAll()
    for byte in "want\t".utf8 { line.append(byte) }
    line.append(key: asked[asked.startIndex].key)
    try end(print)
    var last: UInt64 = 0
    for question in asked where question.value != last {
      last = question.value
      for place in places {
        guard let record = window.record(place) else { continue }
        line.removeAll()
        RoutedLine.append(.one(Int(question.value)), record, to: &line)
        for byte in locations[place.run].utf8 { line.append(byte) }
        line.append(UInt8(ascii: "\t"))
        line.append(decimal: record.line)
        line.append(UInt8(ascii: "\t"))
        json.append(record, to: &line)
        try end(print)
      }
    }
  }

  private mutating func end(_ print: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    line.append(UInt8(ascii: "\n"))
    try print(line.bytes)
    count += 1
  }
}
