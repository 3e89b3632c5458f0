package import Failures
internal import Bytes
internal import Fields
internal import Lines
package import Reading
internal import Runs
internal import Segments

/// Takes in the records that are fed to a shard, in any order, and makes runs of them.
package final class Feeding {
  private let build: Build
  private let input: BuildInput
  private let last: LastBuild?
  private let objects: FedObjects
  /// Until all runs are made.
  private var spool: RecordSpool?
  private var places: LocationTable
  /// The malformed ones that were fed, by line.
  private var bad: [Int: [Int: String]] = [:]
  private var badCount = 0

  private static let mostBad = 1 << 20

  /// 65 where two of the slice's objects can't be told apart.
  package init(_ build: Build, _ input: BuildInput) throws(Failure) {
    self.build = build
    self.input = input
    last = build.usable(build.work.last)
    objects = FedObjects(input, last: last, decoding: build.reading.identity)
    guard Set(objects.objects).count == objects.objects.count else {
      throw Failure(.badData, cannot: "read", "the slice", because: "two of its objects have one hash")
    }
    places = LocationTable(input.objects.map(\.location.description))
    spool = try RecordSpool(fields: build.fields, in: build.work.runs, memory: build.limits.memory / 4)
  }

  // MARK: - Taking in

  /// 65 for one of an object that is not in the slice, and for one that is no record.
  package func take(_ line: RoutedLine) throws(Failure) {
    guard let object = places.place(of: line.location) else {
      throw Failure(
        .badData, cannot: "read", String(decoding: line.location, as: UTF8.self),
        because: "it was fed, and is not in the slice")
    }
    if line.isBad { return try take(bad: line, object) }
    if let reason = try spool?.take(line.record, object: object, line: line.line) {
      throw refusal(object, line.line, reason)
    }
  }

  private func take(bad line: RoutedLine, _ object: Int) throws(Failure) {
    let reason = String(decoding: line.record, as: UTF8.self)
    if let before = bad[object]?.updateValue(reason, forKey: line.line) {
      if before != reason { throw twice(object, line.line) }
      return
    }
    if bad[object] == nil { bad[object] = [line.line: reason] }
    badCount += 1
    if badCount > Self.mostBad { throw refusal(object, line.line, reason) }
  }

  private func name(_ object: Int) -> String { input.objects[object].location.description }

  private func refusal(_ object: Int, _ line: Int, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name(object), because: "line \(line): \(reason)")
  }

  private func twice(_ object: Int, _ line: Int) -> Failure {
    refusal(object, line, "it was fed twice, and differently")
  }

  // MARK: - Runs

  /// To be called once, when all are there.
  package func finish() throws(Failure) -> FedRuns {
    var made: [Int: [FedObjects.Made]] = [:]
    var open: (object: Int, addition: RunAddition)?
    try spool?.forEach(conflict: { twice($0.object, $0.line) }) { (object, record) throws(Failure) in
      if let (before, addition) = open, before != object { made[before] = try finish(addition, before) }
      if open?.object != object { open = (object, try addition(object)) }
      guard try open?.addition.add(record) ?? true else { throw twice(object, record.line) }
    }
    spool = nil
    if let (object, addition) = open { made[object] = try finish(addition, object) }
    var runs = FedRuns(new: input.objects.indices.filter { objects.known[$0] == nil })
    for object in input.objects.indices {
      if made[object] == nil { made[object] = try unfed(object) }
      for run in made[object] ?? [] { runs.append(run, of: object) }
    }
    guard runs.runs.count < Place.mostObjects else {
      throw Failure(.badData, cannot: "read", "the slice", because: "it has \(runs.runs.count) runs")
    }
    return runs
  }

  /// Whether the last build had these runs, and no others.
  package func areKnown(_ runs: FedRuns) -> Bool { runs.identities == last?.runs }

  /// The runs of an object of which no record was fed.
  private func unfed(_ object: Int) throws(Failure) -> [FedObjects.Made] {
    guard let known = objects.known[object], bad[object] == nil else {
      return try finish(try addition(object), object)
    }
    return [(known.first, nil)] + (known.late.map { [($0, nil)] } ?? [])
  }

  /// 65 where the last build's run is damaged: its records would have to be fed once more.
  private func old(_ identity: RunIdentity?) throws(Failure) -> Run? {
    guard let identity else { return nil }
    if let run = build.work.run(identity) { return run }
    throw Failure(
      .badData, cannot: "read", WorkDirectory.name(of: identity),
      because: "it is damaged, and what it had would have to be fed: begin from nothing")
  }

  private func addition(_ object: Int) throws(Failure) -> RunAddition {
    let known = objects.known[object]
    return RunAddition(
      to: try old(known?.late), besides: try old(known?.first), in: build.work.runs)
  }

  private func finish(_ addition: RunAddition, _ object: Int) throws(Failure) -> [FedObjects.Made] {
    guard let known = objects.known[object], let first = try old(known.first) else {
      let made = try keep(addition, object, "first", bad: try badRecords(object, []))
      return made.map { [$0] } ?? []
    }
    let bad = try badRecords(object, first.bad)
    var late = try keep(addition, object, "late", bad: [])
    if late == nil, let identity = known.late { late = (identity, try old(identity)) }
    if bad == first.bad {
      guard let late, let run = late.run else { return [(known.first, nil)] }
      let records = LateRecords(first: first, late: run, shard: build.shard)
      if records.canStandBehind { return [(known.first, first), late] }
    }
    let all = RunAddition(to: first, in: build.work.runs)
    if let run = late?.run { guard try all.add(run) else { throw twice(object, 0) } }
    return [try keep(all, object, "first", bad: bad) ?? (known.first, first)]
  }

  private func keep(
    _ addition: RunAddition, _ object: Int, _ kind: String, bad: [BadRecord]
  ) throws(Failure) -> FedObjects.Made? {
    let (high, shard) = (objects.objects[object], build.shard)
    let made = try addition.finish(
      bad: bad, identity: { RunIdentity(high: high, low: RunIdentity(of: "\(kind)\t\(shard)\t\($0)").high) },
      name: WorkDirectory.name)
    return made.map { ($0.identity, $0.run) }
  }

  /// Those that the last build had and those that were fed, in line order.
  private func badRecords(_ object: Int, _ before: [BadRecord]) throws(Failure) -> [BadRecord] {
    var all = bad[object] ?? [:]
    for record in before {
      if let fed = all.updateValue(record.reason, forKey: record.line), fed != record.reason {
        throw twice(object, record.line)
      }
    }
    return all.sorted { $0.key < $1.key }.map { BadRecord(line: $0.key, reason: $0.value) }
  }
}

/// Where objects stand in a slice, by their locations.
private struct LocationTable {
  private let names: [[UInt8]]
  private var places: [UInt64: [Int]] = [:]
  /// Lines of one object often come one behind the other.
  private var last = 0

  init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    for (place, name) in self.names.enumerated() {
      name.withUnsafeBytes { places[KeyHash.hash(.id, $0), default: []].append(place) }
    }
  }

  mutating func place(of name: UnsafeRawBufferPointer) -> Int? {
    if last < names.count, isNamed(last, name) { return last }
    guard let place = places[KeyHash.hash(.id, name)]?.first(where: { isNamed($0, name) }) else { return nil }
    last = place
    return place
  }

  private func isNamed(_ place: Int, _ name: UnsafeRawBufferPointer) -> Bool {
    names[place].withUnsafeBytes { ByteOrder.areEqual($0, name) }
  }
}
