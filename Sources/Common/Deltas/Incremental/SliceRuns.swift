internal import Failures
internal import Lines
internal import Runs

/// The runs of a slice: which ones the last build had, and which are to be read.
struct SliceRuns {
  private let build: Build
  private let objects: [ObjectLine]
  /// Of the runs, in slice order; of each object one, or of fed ones a second behind it.
  let identities: [RunIdentity]
  /// What the last build had; none where it is no beginning.
  private var known: [RunIdentity: (size: Int64, bad: Int)] = [:]
  private let lastRuns: [RunIdentity]
  /// How many objects the last build had not, in partitions that it had passed: they appeared late, or anew. Nil where there
  /// is no last build.
  private(set) var late: Int?
  /// The objects of the runs, by their places.
  private let objectOfRun: [Int]
  /// By place of the run, those that were opened so far.
  private var opened: [Run?]
  /// The malformed records of the whole slice.
  private(set) var bad = 0
  private var badByRun: [Int]
  /// Whether the records can't be had but from the runs.
  private let isFed: Bool

  /// `fed`: the runs, where they are not read from the objects.
  init(_ input: BuildInput, fed: FedRuns? = nil, last: LastBuild?, build: Build) {
    self.build = build
    objects = input.objects
    let decoding = build.reading.identity
    identities = fed?.identities ?? objects.map { Self.identity(of: $0, decoding: decoding) }
    objectOfRun = fed?.runs.map(\.object) ?? Array(objects.indices)
    isFed = fed != nil
    lastRuns = last?.runs ?? []
    for file in last?.state.files ?? [] {
      if file.name.hasPrefix("runs/"), let identity = RunIdentity(hex: file.name.dropFirst(5).dropLast(4)) {
        known[identity] = (file.stamp.size, file.bad)
      }
    }
    opened = identities.map { fed?.opened[$0] }
    badByRun = Array(repeating: 0, count: identities.count)
    if let last { late = Self.late((fed?.new ?? came).map { objects[$0] }, last, input) }
  }

  /// Of an object at its time, as it is decoded.
  static func identity(of line: ObjectLine, decoding: String) -> RunIdentity {
    RunIdentity(
      of: "\(StateHead.engine)\t\(decoding)\t\(line.time)\t\(line.bytes)\t\(line.tag)\t\(line.location)")
  }

  private static func late(_ new: [ObjectLine], _ last: LastBuild, _ input: BuildInput) -> Int {
    // What the last build found so was not published, and is late still.
    let before = last.state.head.generation == input.generation ? last.state.head.late ?? 0 : 0
    return new.count { line in
      let time = line.time.description
      return time > last.manifest.from && time <= last.manifest.position
    } + before
  }

  // MARK: - Reading

  /// Reads the objects whose runs are not there. Those that are as the last build left them are opened only when they are
  /// needed; any other is looked at now, since the next state will say of all of them that they were whole.
  mutating func readMissing(passedOver: (String) -> Void) throws(Failure) {
    var missing: [Int] = []
    for index in identities.indices where opened[index] == nil {
      if known[identities[index]] != nil, build.work.hasRun(identities[index]) { continue }
      opened[index] = build.work.run(identities[index])
      if opened[index] == nil { missing.append(index) }
    }
    if isFed, let index = missing.first { throw damaged(index) }
    let readings = build.reading.read(
      missing.map { (line: objects[$0], identity: identities[$0]) }, into: build.work.runs)
    try account(missing, readings, passedOver: passedOver)
  }

  /// Counts the malformed records of the whole slice; the first failure of the earliest object is thrown.
  private mutating func account(
    _ missing: [Int], _ readings: [SliceReading.Reading], passedOver: (String) -> Void
  ) throws(Failure) {
    var total = PassedOver(skipBad: build.reading.skipBad)
    var next = 0
    for index in identities.indices {
      let name = objects[objectOfRun[index]].location.description
      if next < missing.count, missing[next] == index {
        guard next < readings.count else { break }
        let reading = readings[next]
        next += 1
        try total.take(reading.bad, of: name)
        if let failure = reading.failure { throw failure }
        opened[index] = reading.run
        badByRun[index] = reading.bad.count
        for record in reading.bad { passedOver("\(name): \(record.text)") }
      } else {
        badByRun[index] = opened[index]?.bad.count ?? known[identities[index]]?.bad ?? 0
        if badByRun[index] > 0 { try total.take(try run(index).bad, of: name) }
        guard isFed, known[identities[index]] == nil else { continue }
        for record in opened[index]?.bad ?? [] { passedOver("\(name): \(record.text)") }
      }
    }
    bad = total.count
  }

  /// All objects read once more, into another directory.
  static func anew(_ objects: [ObjectLine], build: Build, into scratch: ScratchDirectory) throws(Failure)
    -> Window
  {
    let decoding = build.reading.identity
    let readings = build.reading.read(
      objects.map { (line: $0, identity: identity(of: $0, decoding: decoding)) }, into: scratch.directory)
    var total = PassedOver(skipBad: build.reading.skipBad)
    var runs: [Run] = []
    for (line, reading) in zip(objects, readings) {
      try total.take(reading.bad, of: line.location.description)
      if let failure = reading.failure { throw failure }
      if let run = reading.run { runs.append(run) }
    }
    return Window(runs)
  }

  private func run(_ index: Int) throws(Failure) -> Run {
    if let run = opened[index] ?? build.work.run(identities[index]) { return run }
    throw damaged(index)
  }

  private func damaged(_ index: Int) -> Failure {
    Failure(.badData, cannot: "read", WorkDirectory.name(of: identities[index]), because: "it is damaged")
  }

  /// A gathering of that size is never too large.
  private static let fewBytes = 1 << 20

  var window: Window {
    let slice = self
    let work = build.work
    return Window(
      count: identities.count, mostGathered: max(Int(clamping: sizes.all / 4), Self.fewBytes),
      source: Window.Source(
        run: { (index) throws(Failure) in try slice.run(index) },
        sparse: { (index) throws(Failure) in try work.sparseRun(slice.identities[index]) }))
  }

  var accounts: [(identity: RunIdentity, bad: Int)] {
    identities.indices.map { (identities[$0], badByRun[$0]) }
  }

  // MARK: - What changed

  /// The places of those that the last build did not have.
  var came: [Int] { identities.indices.filter { known[identities[$0]] == nil } }

  /// The places of the others.
  var stayed: [RunIdentity: Int] {
    var stayed: [RunIdentity: Int] = [:]
    for (index, identity) in identities.enumerated() where known[identity] != nil { stayed[identity] = index }
    return stayed
  }

  private var gone: [RunIdentity] {
    let now = Set(identities)
    return lastRuns.filter { !now.contains($0) }
  }

  /// The runs that the last build had and this slice has not.
  func went(in work: WorkDirectory) throws(Failure) -> Window {
    var runs: [Run] = []
    for identity in gone {
      guard let run = work.run(identity) else {
        throw Failure(.badData, cannot: "read", WorkDirectory.name(of: identity), because: "it is damaged")
      }
      runs.append(run)
    }
    return Window(runs)
  }

  /// Whether less than half of the records changed, by the sizes of the runs.
  var isWorthPatching: Bool {
    let (changed, all) = sizes
    return changed <= all / 2
  }

  /// Of the runs that came and went, and of all of the slice, in bytes.
  private var sizes: (changed: Int64, all: Int64) {
    var (changed, all): (Int64, Int64) = (0, 0)
    for (index, identity) in identities.enumerated() {
      let size = known[identity]?.size ?? opened[index]?.size ?? 0
      all += size
      if known[identity] == nil { changed += size }
    }
    for identity in gone { changed += known[identity]?.size ?? 0 }
    return (changed, all)
  }
}
