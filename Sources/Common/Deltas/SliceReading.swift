package import Failures
package import Fields
package import Lines
package import Objects
package import Bytes
internal import Records
internal import Synchronization
internal import Threads

/// The decoded objects of a batch, in slice order, and what was passed over on the way.
package struct DecodedBatch: Sendable {
  package let objects: [DecodedObject]
  /// Each malformed record that was passed over: `LOCATION: line 17: REASON`.
  package let passedOver: [String]

  /// Up to `skipBad` malformed records in all are passed over. The first failure is the one of the earliest object,
  /// in it of the earliest line: what is reported does not depend on who was faster.
  init(_ readings: [SliceReading.Reading], skipBad: Int) throws(Failure) {
    var objects: [DecodedObject] = []
    var passedOver: [String] = []
    for reading in readings {
      let object = try reading.object.get()
      for record in object.bad {
        let reason = "line \(record.line): \(record.reason)"
        guard passedOver.count < skipBad else {
          throw Failure(.badData, cannot: "read", reading.name, because: reason)
        }
        passedOver.append("\(reading.name): \(reason)")
      }
      if let error = object.failure { throw error.failure(reading: reading.name) }
      objects.append(object)
    }
    self.objects = objects
    self.passedOver = passedOver
  }
}

/// Reads the objects of a slice, several at once, each exactly as it was listed.
package struct SliceReading: Sendable {
  private let decoding: RecordDecoding
  private let stores: Stores
  private let skipBad: Int

  package init(fields: Fields, stores: Stores, skipBad: Int) {
    decoding = RecordDecoding(fields: fields, skipBad: skipBad)
    self.stores = stores
    self.skipBad = skipBad
  }

  struct Reading: Sendable {
    let name: String
    let object: Result<DecodedObject, Failure>
  }

  /// `progress` is told how many objects have been read.
  package func read(
    _ lines: [ObjectLine], jobs: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(Failure) -> DecodedBatch {
    guard lines.count < Place.mostObjects else {
      throw Failure(.badData, cannot: "read", "the slice", because: "it has \(lines.count) objects")
    }
    let done = Counter()
    let stopped = Counter()
    let readings = parallelMap(count: lines.count, threads: jobs) { index -> Reading? in
      // Objects are begun in slice order: what failed is earlier than this one, and nothing that comes counts any more.
      if stopped.value > 0 { return nil }
      let reading = read(lines[index])
      if reading.isFinal(skipBad: skipBad) { stopped.increment() }
      progress(done.increment())
      return reading
    }
    return try DecodedBatch(readings.compactMap(\.self), skipBad: skipBad)
  }

  /// Reads the records themselves from a source that has no tag.
  package func read(_ source: any ByteSource, name: String) throws(Failure) -> DecodedBatch {
    let object = decoding.decode(source, name: name)
    return try DecodedBatch([Reading(name: name, object: .success(object))], skipBad: skipBad)
  }

  private func read(_ line: ObjectLine) -> Reading {
    let name = line.location.description
    do throws(Failure) {
      let (store, key) = try stores.object(line.location)
      do throws(StoreError) {
        let opened = try store.open(key, tag: line.tag)
        guard opened.bytes == line.bytes else { throw .conditionFailed }
        let object = decoding.decode(opened.body, name: name)
        // A local file can change under its reader; only its tag tells.
        if case .local = line.location, try store.info(key)?.tag != line.tag { throw .conditionFailed }
        return Reading(name: name, object: .success(object))
      } catch {
        throw error.failure(reading: line.location)
      }
    } catch {
      return Reading(name: name, object: .failure(error))
    }
  }
}

extension SliceReading.Reading {
  /// Whether nothing behind it counts.
  fileprivate func isFinal(skipBad: Int) -> Bool {
    guard case .success(let object) = object else { return true }
    return object.failure != nil || object.bad.count > skipBad
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

/// A number that several threads raise.
private final class Counter: Sendable {
  private let count = Atomic(0)

  var value: Int { count.load(ordering: .relaxed) }

  @discardableResult func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
