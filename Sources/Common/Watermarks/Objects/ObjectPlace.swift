internal import Bytes
internal import Failures
internal import Objects

/// Where a store of watermarks is in a bucket: keys below a prefix.
///
///     store.json   watermarks/NAME.json   log/NAME/<first>-<last>-<hash>.json   leases/NAME.json   idle/NAME.json
struct ObjectPlace: Sendable {
  let root: StorePlace
  /// How long the store may leave us without a clear answer.
  let patience: Duration
  /// The user's word that nobody else writes.
  let isSingleWriter: Bool
  /// Takes one line for a person.
  let note: @Sendable (String) -> Void

  static func watermark(_ name: WatermarkName) -> String { "watermarks/\(name).json" }
  /// An empty object whose time tells when the name was last found idle: it lets a listing tell that from a move.
  static func idle(_ name: WatermarkName) -> String { "idle/\(name).json" }
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
    let found = try ask("read", root.name(file), insistence) { (store) throws(StoreError) in
      try store.read(root.key(file), limit: SealedLines.largest)
    }
    guard let found else { return nil }
    let lines = try SealedLines(found.bytes, file: root.name(file), remedy: kind.remedy)
    return Stored(object: try Object(lines), tag: found.tag)
  }

  /// Writes, whatever is there.
  func put(_ file: String, _ bytes: [UInt8], _ insistence: Insistence) throws(Failure) {
    try ask("write", root.name(file), insistence) { (store) throws(StoreError) in
      _ = try store.write(root.key(file), .bytes(bytes), if: .always)
    }
  }

  /// Asks until there is an answer; 75 where there is none in time.
  func ask<T>(
    _ verb: String, _ name: String, _ insistence: Insistence,
    _ body: (any ObjectStore) throws(StoreError) -> T
  ) throws(Failure) -> T {
    var insistence = insistence
    while true {
      do throws(StoreError) { return try body(insistence.store(root.store)) } catch {
        guard error.exit == .tryAgain, insistence.pause() else { throw error.failure(cannot: verb, name) }
      }
    }
  }

  func unclear(_ file: String, _ doubt: StoreError) -> Failure {
    Failure(
      .tryAgain, cannot: "write", root.name(file),
      because: "the store did not say in time whether it was done, and in the end that \(doubt.reason)")
  }
}

/// An object, and the version of it that was read: what a swap goes from.
struct Stored<Object: Sendable>: Sendable {
  let object: Object
  let tag: String
}
