internal import Bytes
internal import Failures
package import Fields
internal import Lines
package import Objects
internal import Files
internal import Reading
package import Records
internal import Runs
internal import Synchronization
internal import Threads

/// Reads the objects of a slice into runs, several at once, each exactly as it was listed.
package struct SliceReading: Sendable {
  let fields: Fields
  let skipBad: Int
  private let decoding: RecordDecoding
  private let objects: ObjectReading
  /// As its canonical text: empty for the default.
  let format: String
  private let threads: Int
  private let jobs: Int
  /// Is told how many objects have been read, and of how many.
  private let progress: @Sendable (Int, Int) -> Void

  /// `threads` decode; `jobs` objects of a store are fetched at once.
  package init(
    fields: Fields, stores: Stores, format: RecordFormat = RecordFormat(), skipBad: Int, threads: Int,
    jobs: Int, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    decoding = RecordDecoding(fields: fields, skipBad: skipBad)
    self.fields = fields
    self.skipBad = skipBad
    self.objects = ObjectReading(stores, format, columns: RecordColumns(fields))
    self.format = format.canonicalText
    self.threads = threads
    self.jobs = jobs
    self.progress = progress
  }

  /// What makes other records of the same object: the fields, and what of the format isn't the default.
  var identity: String { format.isEmpty ? fields.hash : fields.hash + " " + format }

  /// An object that was read, or not.
  struct Reading: Sendable {
    let run: Run?
    let bad: [BadRecord]
    /// Why it was not read to its end.
    let failure: Failure?

    static func failed(_ failure: Failure) -> Reading { Reading(run: nil, bad: [], failure: failure) }
  }

  /// Reads objects in slice order, up to the first that failed.
  func read(
    _ listed: [(line: ObjectLine, identity: RunIdentity)], into directory: Directory
  ) -> [Reading] {
    let done = Counter()
    let failed = Lowest()
    let workers = workers(for: listed.map(\.line))
    let readings = parallelMap(count: listed.count, threads: workers) { index -> Reading? in
      // Nothing counts that comes behind one that failed.
      if index > failed.value { return nil }
      let (line, identity) = listed[index]
      let reading: Reading
      do throws(Failure) {
        reading = try read(line, identity, threads: max(1, threads / max(listed.count, 1)), into: directory)
      } catch {
        reading = .failed(error)
      }
      if reading.failure != nil || reading.bad.count > skipBad { failed.take(index) }
      progress(done.increment(), listed.count)
      return reading
    }
    return readings.prefix(failed.value == .max ? readings.count : failed.value + 1).compactMap(\.self)
  }

  /// Local files keep a thread busy; a store lets it wait.
  private func workers(for lines: [ObjectLine]) -> Int {
    lines.contains { if case .s3 = $0.location { true } else { false } } ? max(threads, jobs) : threads
  }

  private func read(
    _ line: ObjectLine, _ identity: RunIdentity, threads: Int, into directory: Directory
  ) throws(Failure) -> Reading {
    let object = try objects.open(line)
    let decoded: DecodedRun
    do throws(Failure) {
      decoded = try decoding.run(
        of: object.pieces, identity: identity, threads: threads, memory: 0, in: directory)
    } catch {
      return .failed(object.failure ?? error)
    }
    if decoded.failure == nil, let failure = object.failure {
      return Reading(run: nil, bad: decoded.bad, failure: failure)
    }
    try object.checkUnchanged()
    do throws(Failure) { try decoded.keep(as: WorkDirectory.name(of: identity)) } catch {
      return .failed(error)
    }
    return Reading(run: decoded.run, bad: decoded.bad, failure: decoded.failure.map { object.failure($0) })
  }

  /// Reads the records themselves from a source that has no tag; what is more than `memory` bytes goes to a file.
  func read(
    _ source: any ByteSource, name: String, memory: Int, into directory: Directory
  ) throws(Failure) -> Reading {
    let object = try objects.open(source, name: name, spool: directory)
    let decoded = try decoding.run(
      of: object.pieces, identity: RunIdentity(high: 0, low: 0), threads: threads, memory: memory,
      in: directory)
    return Reading(run: decoded.run, bad: decoded.bad, failure: decoded.failure.map { object.failure($0) })
  }
}

/// The malformed records of a slice, object by object in its order.
struct PassedOver {
  let skipBad: Int
  /// How many there are so far.
  private(set) var count = 0

  /// Up to `skipBad` malformed records in all are passed over. The first failure is the one of the earliest object, in it of
  /// the earliest line: what is reported does not depend on who was faster.
  mutating func take(_ bad: [BadRecord], of name: String) throws(Failure) {
    for record in bad {
      guard count < skipBad else {
        throw Failure(.badData, cannot: "read", name, because: record.text)
      }
      count += 1
    }
  }
}

/// The lowest number that several threads have seen.
private final class Lowest: Sendable {
  private let number = Atomic(Int.max)

  var value: Int { number.load(ordering: .relaxed) }

  func take(_ candidate: Int) { number.min(candidate, ordering: .relaxed) }
}

/// A number that several threads raise.
private final class Counter: Sendable {
  private let count = Atomic(0)

  @discardableResult func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
