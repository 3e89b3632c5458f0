package import Bytes
internal import Failures
internal import Files
package import Objects

/// The place where the files of an index lie, each by its name.
package enum IndexFiles: Sendable {
  case directory(Location)
  case store(StorePlace)

  /// `../segments/`, seen from the directory of an index's or a generation's .json.
  static func beside(manifest location: Location, stores: Stores) throws(Failure) -> IndexFiles {
    if case .local = location { return .directory(location.directory.appending("../segments")) }
    return .store(
      try StorePlace(location.directory.directory.appending(Destination.segments), stores: stores))
  }

  package static func of(_ destination: Destination) -> IndexFiles {
    let (place, segments) = (destination.place, destination.location.appending("segments"))
    if case .local = segments { return .directory(segments) }
    return .store(StorePlace(segments, store: place.store, key: place.key(Destination.segments)))
  }

  func name(_ file: IndexFile) -> String {
    switch self {
    case .directory(let directory): directory.appending(file.name).description
    case .store(let place): place.name(file.name)
    }
  }

  /// The file mapped, with its size checked (65); nil where it is not there. What a store has is fetched first, unless it was kept
  /// of an earlier run.
  func open(_ file: IndexFile, keeping kept: FetchedFiles? = nil) throws(Failure) -> OpenedFile? {
    let opened: OpenedFile?
    switch self {
    case .directory(let directory): opened = try Self.map(file, in: directory)
    case .store(let place): opened = try fetch(file, from: place, keeping: kept)
    }
    guard let opened else { return nil }
    guard opened.mapped.bytes.count == file.bytes else {
      throw damaged(file, "it has \(opened.mapped.bytes.count) bytes, and \(file.bytes) were written")
    }
    return opened
  }

  func damaged(_ file: IndexFile, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name(file), because: reason)
  }

  private static func map(_ file: IndexFile, in location: Location) throws(Failure) -> OpenedFile? {
    guard case .local(let bytes) = location, let path = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.usage, cannot: "open", location.description, because: "its name is not UTF-8")
    }
    let directory: Directory
    do throws(Failure) { directory = try Directory.open(path) } catch {
      if error.exit == .noInput { return nil }
      throw error
    }
    guard let mapped = try directory.map(file.name) else { return nil }
    return OpenedFile(mapped: mapped, path: directory.full(file.name), fetched: nil)
  }

  private func fetch(
    _ file: IndexFile, from place: StorePlace, keeping kept: FetchedFiles?
  ) throws(Failure) -> OpenedFile? {
    if let opened = try kept?.open(file) { return opened }
    let object: OpenObject
    do throws(StoreError) { object = try place.store.open(place.key(file.name), tag: nil) } catch {
      if case .notFound(.object) = error { return nil }
      throw error.failure(cannot: "read", name(file))
    }
    guard object.bytes == file.bytes else {
      throw damaged(file, "it has \(object.bytes) bytes, and \(file.bytes) were written")
    }
    if let kept {
      return try kept.add(file, of: self) { (copy) throws(Failure) in try write(object, file, to: copy) }
    }
    let copy = try UnnamedFile()
    try write(object, file, to: copy.descriptor)
    return OpenedFile(
      mapped: try MappedFile(copy.descriptor, name: name(file)), path: copy.path, fetched: copy)
  }

  private func write(_ object: OpenObject, _ file: IndexFile, to copy: Int32) throws(Failure) {
    var left = file.bytes
    try object.forEachPiece(name(file)) { (piece) throws(Failure) in
      left -= piece.count
      guard left >= 0 else { throw damaged(file, "more bytes came than the store announced") }
      try FileIO.writeAll(copy, piece, name: "a temporary file")
    }
  }
}

/// A file of an index, mapped.
struct OpenedFile {
  let mapped: MappedFile
  /// By which it can be opened again.
  let path: String
  /// The unnamed copy of what came from a store.
  let fetched: UnnamedFile?

  /// Nil when the bytes are those that were written, else what is wrong with them.
  func damage(of file: IndexFile) -> String? {
    Hex.encode(SHA256.hash(mapped.bytes)) == file.sha256 ? nil : "it is damaged: its checksum does not fit"
  }
}
