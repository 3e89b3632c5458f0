internal import Bytes
internal import Failures
package import Fields
internal import Lines
package import Objects
internal import Files
internal import Records
internal import Runs
internal import Synchronization
internal import Threads

/// Reads the objects of a slice into runs, several at once, each exactly as it was listed.
package struct SliceReading: Sendable {
  let fields: Fields
  let skipBad: Int
  private let decoding: RecordDecoding
  private let stores: Stores
  private let threads: Int
  private let jobs: Int
  /// Is told how many objects have been read, and of how many.
  private let progress: @Sendable (Int, Int) -> Void

  /// `threads` decode; `jobs` objects of a store are fetched at once.
  package init(
    fields: Fields, stores: Stores, skipBad: Int, threads: Int, jobs: Int,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    decoding = RecordDecoding(fields: fields, skipBad: skipBad)
    self.fields = fields
    self.skipBad = skipBad
    self.stores = stores
    self.threads = threads
    self.jobs = jobs
    self.progress = progress
  }

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
    _ objects: [(line: ObjectLine, identity: RunIdentity)], into directory: Directory
  ) -> [Reading] {
    let done = Counter()
    let failed = Lowest()
    let workers = workers(for: objects.map(\.line))
    let readings = parallelMap(count: objects.count, threads: workers) { index -> Reading? in
      // Nothing counts that comes behind one that failed.
      if index > failed.value { return nil }
      let (line, identity) = objects[index]
      let reading: Reading
      do throws(Failure) {
        reading = try read(line, identity, threads: max(1, threads / max(objects.count, 1)), into: directory)
      } catch {
        reading = .failed(error)
      }
      if reading.failure != nil || reading.bad.count > skipBad { failed.take(index) }
      progress(done.increment(), objects.count)
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
    let (store, key) = try stores.object(line.location)
    do throws(StoreError) {
      let opened = try store.open(key, tag: line.tag)
      guard opened.bytes == line.bytes else { throw .conditionFailed }
      let name = line.location.description
      let decoded: DecodedRun
      do throws(Failure) {
        decoded = try decoding.run(
          of: opened.body, name: name, identity: identity, threads: threads, memory: 0, in: directory)
      } catch {
        return .failed(opened.error?.failure(reading: line.location) ?? error)
      }
      if let error = opened.error {
        return Reading(run: nil, bad: decoded.bad, failure: error.failure(reading: line.location))
      }
      // A local file can change under its reader; only its tag tells.
      if case .local = line.location, try store.info(key)?.tag != line.tag { throw .conditionFailed }
      do throws(Failure) { try decoded.keep(as: WorkDirectory.name(of: identity)) } catch {
        return .failed(error)
      }
      return Reading(run: decoded.run, bad: decoded.bad, failure: decoded.failure?.failure(reading: name))
    } catch {
      throw error.failure(reading: line.location)
    }
  }

  /// Reads the records themselves from a source that has no tag; what is more than `memory` bytes goes to a file.
  func read(
    _ source: any ByteSource, name: String, memory: Int, into directory: Directory
  ) throws(Failure) -> Reading {
    let decoded = try decoding.run(
      of: source, name: name, identity: RunIdentity(high: 0, low: 0), threads: threads, memory: memory,
      in: directory)
    return Reading(run: decoded.run, bad: decoded.bad, failure: decoded.failure?.failure(reading: name))
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
        throw Failure(.badData, cannot: "read", name, because: "line \(record.line): \(record.reason)")
      }
      count += 1
    }
  }
}

extension StoreError {
  fileprivate func failure(reading location: Location) -> Failure {
    switch (self, location) {
    case (.conditionFailed, _):
      Failure(
        .tryAgain, cannot: "read", location.description,
        because: "it was changed after it was listed; list again")
    case (.notFound(.object), _), (.notFound(.root), .local):
      Failure(.tryAgain, cannot: "read", location.description, because: "it is gone; list again")
    default: failure(cannot: "read", location)
    }
  }
}

extension RecordError {
  fileprivate func failure(reading name: String) -> Failure {
    switch self {
    case .malformed(let line, let reason):
      Failure(.badData, cannot: "read", name, because: "line \(line): \(reason)")
    case .damaged(let reason): Failure(.badData, cannot: "read", name, because: reason)
    case .source(let failure): failure
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
