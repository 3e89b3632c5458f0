internal import Bytes
internal import Failures
internal import Objects

/// Where a store of watermarks is in a bucket: keys below a prefix.
///
///     store.json   watermarks/NAME.json   log/NAME/<first>-<last>-<hash>.json   leases/NAME.json
struct ObjectPlace: Sendable {
  let location: Location
  let store: any ObjectStore
  /// Empty, or ending in `/`.
  let prefix: Key
  /// How long the store may leave us without a clear answer.
  let patience: Duration
  /// The user's word that nobody else writes.
  let isSingleWriter: Bool
  /// Takes one line for a person.
  let note: @Sendable (String) -> Void

  func key(_ relative: String) -> Key { prefix + Key(relative) }
  func name(_ relative: String) -> String { location.appending(relative).description }

  static func watermark(_ name: WatermarkName) -> String { "watermarks/\(name).json" }
  static func lease(_ name: WatermarkName) -> String { "leases/\(name).json" }
  static func log(_ name: WatermarkName) -> String { "log/\(name)/" }

  func begin() -> Insistence { Insistence(for: patience) }

  /// Nil where there is no such object. Asked for as long as that insists.
  func read<Object: SealedObject>(
    _ kind: Object.Type, _ file: String, _ insistence: Insistence
  ) throws(Failure) -> Object? {
    try find(kind, file, insistence)?.object
  }

  /// The object, with the version of it.
  func find<Object: SealedObject>(
    _ kind: Object.Type, _ file: String, _ insistence: Insistence
  ) throws(Failure) -> Stored<Object>? {
    let found = try ask("read", name(file), insistence) { (store) throws(StoreError) in
      try store.read(key(file), limit: SealedLines.largest)
    }
    guard let found else { return nil }
    let lines = try SealedLines(found.bytes, file: name(file), remedy: kind.remedy)
    return Stored(object: try Object(lines), tag: found.tag)
  }

  /// Asks until there is an answer; 75 where there is none in time.
  func ask<T>(
    _ verb: String, _ name: String, _ insistence: Insistence,
    _ body: (any ObjectStore) throws(StoreError) -> T
  ) throws(Failure) -> T {
    var insistence = insistence
    while true {
      do throws(StoreError) { return try body(insistence.store(store)) } catch {
        guard error.exit == .tryAgain, insistence.pause() else { throw error.failure(cannot: verb, name) }
      }
    }
  }

  /// Writes once. Nil when it is done; an error where it is not clear what has happened, or somebody was faster.
  func write(
    _ file: String, _ bytes: [UInt8], if condition: WriteCondition, _ insistence: Insistence
  ) throws(Failure) -> StoreError? {
    do throws(StoreError) {
      _ = try insistence.store(store).write(key(file), .bytes(bytes), if: condition)
      return nil
    } catch {
      switch error {
      case .conditionFailed, .unavailable, .notFound(.object): return error
      default: throw error.failure(cannot: "write", name(file))
      }
    }
  }

  func unclear(_ file: String, _ doubt: StoreError) -> Failure {
    Failure(
      .tryAgain, cannot: "write", name(file),
      because: "the store did not say in time whether it was done, and in the end that \(doubt.reason)")
  }
}

/// An object, and the version of it that was read: what a swap goes from.
struct Stored<Object: Sendable>: Sendable {
  let object: Object
  let tag: String
}
