internal import Bytes
internal import Failures
internal import Files
internal import Glibc
internal import Synchronization

/// What we know of the `_version_` of each document of a collection, from one publish to the next: a file
/// `HOST:PORT,PREFIX,COLLECTION.versions` that grows, and is written anew when most of it is old. A line a document, the last one
/// of an id counts:
///
///     ID <TAB> VERSION            as Solr has it since we sent it; -1: we deleted it; 0: we don't know
///
/// One publisher has it at a time: what another one sends looks like somebody else's.
/// Before documents are sent they are written with 0: of what a killed publish may have sent nothing is believed. A document
/// that is not in it is not minded, so the file may be removed, or lines of it.
final class SolrVersions: Sendable {
  let collection: String
  private let folder: Directory
  private let file: String
  private let state: Mutex<State>
  private let lock: FileLock

  private struct State {
    var versions: [[UInt8]: Int] = [:]
    var lines = 0

    mutating func add(_ line: ArraySlice<UInt8>) {
      let parts = line.split(separator: UInt8(ascii: "\t"))
      guard parts.count == 2, let id = PercentEncoding.decode(String(decoding: parts[0], as: UTF8.self))
      else { return }
      set(id, Int(String(decoding: parts[1], as: UTF8.self)) ?? 0)
    }

    mutating func set(_ id: [UInt8], _ version: Int) {
      versions[id] = version == 0 ? nil : version
      lines += 1
    }
  }

  /// 75 where another publisher has it.
  init(of collection: String, at server: String, in folder: String) throws(Failure) {
    self.collection = collection
    self.folder = try Directory.create(folder)
    file = Self.name("versions", of: collection, at: server)
    guard let lock = try FileLock(Self.name("lock", of: collection, at: server), in: self.folder, wait: false)
    else {
      throw Failure(
        .tryAgain, cannot: "publish to", collection,
        because: "another publisher has \(self.folder.full(file))")
    }
    self.lock = lock
    var found = State()
    let bytes = try self.folder.read(file) ?? []
    // A last line without its end was cut by a kill, and is repeated or forgotten by none after it.
    for line in bytes.split(separator: UInt8(ascii: "\n")).dropLast(bytes.last == UInt8(ascii: "\n") ? 0 : 1)
    {
      found.add(line)
    }
    if bytes.last != UInt8(ascii: "\n"), !bytes.isEmpty { found.lines = .max / 2 }
    state = Mutex(found)
    try tidy()
  }

  /// Of a collection that is gone.
  static func remove(_ collection: String, at server: String, in folder: Directory) {
    for kind in ["versions", "lock"] { try? folder.remove(name(kind, of: collection, at: server)) }
  }

  /// Clusters may have collections of the same name. `server` is http(s)://host[:port][/prefix].
  private static func name(_ kind: String, of collection: String, at server: String) -> String {
    let parts = server.split(separator: "/").dropFirst() + ["\(collection).\(kind)"]
    return parts.joined(separator: ",")
  }

  /// Of those among them that we know.
  func known(_ ids: [[UInt8]]) -> [[UInt8]: Int] {
    state.withLock { state in
      Dictionary(ids.compactMap { id in state.versions[id].map { (id, $0) } }, uniquingKeysWith: { $1 })
    }
  }

  func forget(_ ids: [[UInt8]]) throws(Failure) { try remember(ids.map { ($0, 0) }) }

  func remember(_ documents: [(id: [UInt8], version: Int)]) throws(Failure) {
    var text: [UInt8] = []
    for (id, version) in documents { Self.append(id, version, to: &text) }
    // In one piece, so that the lines of two threads don't mix.
    let path = Array(folder.full(file).utf8).map { CChar(bitPattern: $0) } + [0]
    let number = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard number >= 0 else {
      throw Failure(errno: errno, cannot: "write", folder.full(file))
    }
    let descriptor = Descriptor(owning: number)
    try FileIO.writeAll(descriptor.number, text, name: folder.full(file))
    state.withLock { state in
      for (id, version) in documents { state.set(id, version) }
    }
  }

  /// Writes the file anew where most of its lines are old.
  func tidy() throws(Failure) {
    let text: [UInt8]? = state.withLock { state in
      guard state.lines > 2 * state.versions.count + 1000 else { return nil }
      state.lines = state.versions.count
      var text: [UInt8] = []
      for (id, version) in state.versions { Self.append(id, version, to: &text) }
      return text
    }
    if let text { try folder.write(file, text) }
  }

  private static func append(_ id: [UInt8], _ version: Int, to text: inout [UInt8]) {
    text += Array(PercentEncoding.encodeForLine(id).utf8) + [UInt8(ascii: "\t")] + Array(String(version).utf8)
    text.append(UInt8(ascii: "\n"))
  }
}
