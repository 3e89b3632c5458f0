internal import Bytes
internal import Failures
internal import Files
internal import Glibc

/// Walks a directory in the order in which S3 would list it: by the bytes of the whole key, so that a directory
/// sorts as its name with a `/` behind it. Directories in which nothing can be wanted are not opened.
struct LocalLister {
  /// As many directories as the 1,024 bytes of a key have room for.
  static let maximumDepth = 512

  private var builder: PageBuilder
  /// The directories above the one being walked: a link back to one of them is not followed.
  private var above: [Identity] = []

  private struct Identity: Equatable {
    let device: UInt
    let inode: UInt
  }

  static func page(of root: [UInt8], _ request: ListRequest) throws(StoreError) -> ListPage {
    var lister = LocalLister(builder: try PageBuilder(request))
    guard let descriptor = try Self.open(root, in: AT_FDCWD, path: []) else { throw .notFound(.root) }
    _ = try lister.walk(descriptor, path: [])
    return lister.builder.page
  }

  private init(builder: PageBuilder) { self.builder = builder }

  /// False when the page is full.
  private mutating func walk(_ descriptor: consuming Descriptor, path: [UInt8]) throws(StoreError) -> Bool {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw Self.failure(errno, path) }
    let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    if above.contains(identity) { return true }
    guard above.count < Self.maximumDepth else { throw .invalid("directories \(Self.maximumDepth) deep") }
    above.append(identity)
    defer { above.removeLast() }
    for entry in try entries(of: descriptor.number, path: path) {
      let key = path + entry.name
      let goOn =
        entry.isDirectory
        ? try enter(entry.name, in: descriptor.number, path: key)
        : try add(entry.name, in: descriptor.number, key: key)
      guard goOn else { return false }
    }
    return true
  }

  private struct Entry {
    /// With a `/` behind it where it is a directory.
    let name: [UInt8]
    let isDirectory: Bool
  }

  /// The files and directories that can matter, links followed, in the order of their keys.
  private func entries(of directory: Int32, path: [UInt8]) throws(StoreError) -> [Entry] {
    let found: [DirectoryEntry]
    do { found = try FileIO.entries(of: directory, name: PercentEncoding.encodeForLine(path)) } catch {
      throw StoreError(error)
    }
    var entries: [Entry] = []
    for entry in found where !LocalKey.isOwn(entry.name, inRoot: path.isEmpty) {
      guard couldMatter(path + entry.name), let isDirectory = try Self.isDirectory(entry, in: directory)
      else { continue }
      entries.append(
        Entry(name: isDirectory ? entry.name + [UInt8(ascii: "/")] : entry.name, isDirectory: isDirectory))
    }
    return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  private func couldMatter(_ key: [UInt8]) -> Bool {
    builder.wants(key) || builder.wants(below: key + [UInt8(ascii: "/")])
  }

  /// Nil for what is neither a file nor a directory, and for a link that leads to neither.
  private static func isDirectory(_ entry: DirectoryEntry, in directory: Int32) throws(StoreError) -> Bool? {
    switch entry.kind {
    case .file: return false
    case .directory: return true
    case .other: return nil
    case .link, .unknown:
      var status = stat()
      guard fstatat(directory, cString(entry.name), &status, 0) == 0 else {
        if isGone(errno) { return nil }
        throw failure(errno, entry.name)
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: return true
      case S_IFREG: return false
      default: return nil
      }
    }
  }

  private mutating func enter(_ name: [UInt8], in directory: Int32, path: [UInt8]) throws(StoreError) -> Bool
  {
    if let prefix = builder.fold(of: path) {
      return builder.wants(prefix) ? builder.add(prefix: prefix) : true
    }
    guard builder.wants(below: path), let child = try Self.open(name, in: directory, path: path) else {
      return true
    }
    return try walk(child, path: path)
  }

  private mutating func add(_ name: [UInt8], in directory: Int32, key: [UInt8]) throws(StoreError) -> Bool {
    guard builder.wants(key) else { return true }
    var status = stat()
    guard fstatat(directory, cString(name), &status, 0) == 0 else {
      if Self.isGone(errno) { return true }
      throw Self.failure(errno, key)
    }
    guard let state = FileState(status) else { return true }
    return builder.add(state.info(Key(key)))
  }

  /// Nil where it is gone, or is no directory any more.
  private static func open(
    _ name: [UInt8], in directory: Int32, path: [UInt8]
  ) throws(StoreError) -> Descriptor? {
    let number = openat(directory, cString(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if number < 0 && isGone(errno) { return nil }
    guard number >= 0 else { throw failure(errno, path) }
    return Descriptor(owning: number)
  }

  static func isGone(_ code: Int32) -> Bool { code == ENOENT || code == ENOTDIR || code == ELOOP }

  /// `path` is below the root, which whoever asked names.
  private static func failure(_ code: Int32, _ path: [UInt8]) -> StoreError {
    let error = Failure(errno: code, cannot: "list", "")
    let place = path.isEmpty ? "" : PercentEncoding.encodeForLine(path) + ": "
    return StoreError(Failure(error.exit, place + error.reason))
  }
}
