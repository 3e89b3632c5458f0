internal import Bytes
internal import Failures
internal import Files
internal import Glibc

/// The files below a directory, as objects: keys are relative paths, in bytes. Links are followed by what reads, and
/// refused by what writes or removes, which works below the directory that was opened first. What is no regular file is not there; neither are the store's own `.lock` and `.tmp-…`.
package struct LocalStore: ObjectStore {
  private let root: [UInt8]
  private let anchor: Anchor

  /// The directory need not exist: reading from it is then `notFound`, and the first write makes it.
  package init(root: [UInt8]) { (self.root, anchor) = (root, Anchor(root)) }
  package init(root: String) { self.init(root: Array(root.utf8)) }

  package var requests: Int { 0 }

  /// A directory with no file below it is among the prefixes of a delimited listing, unlike in S3.
  package func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try LocalLister.page(of: root, request)
  }

  package func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    let descriptor = try file(key)
    let state = try Self.state(of: descriptor, key, tag: tag)
    return OpenObject(
      tag: state.tag, bytes: state.bytes, body: FileBody(descriptor, state, name: key.description))
  }

  /// A file that was changed meanwhile fails the next read.
  package func openAnywhere(_ key: Key, tag: String?) throws(StoreError) -> RandomObject {
    let descriptor = try file(key)
    let state = try Self.state(of: descriptor, key, tag: tag)
    let file = RandomFile(descriptor, state, name: key.description)
    let contents = ObjectContents(bytes: state.bytes, name: key.description) {
      (offset, buffer) throws(StoreError) in
      try file.read(at: Int(offset), into: buffer)
    }
    return RandomObject(tag: state.tag, bytes: state.bytes, contents: contents)
  }

  private func file(_ key: Key) throws(StoreError) -> Descriptor {
    _ = try LocalKey.components(of: key)
    let number = Glibc.open(cString(path(of: key)), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw try missing(errno, cannot: "open", key) }
    return Descriptor(owning: number)
  }

  package func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    _ = try LocalKey.components(of: key)
    var status = stat()
    guard stat(cString(path(of: key)), &status) == 0 else {
      if LocalLister.isGone(errno) { return nil }
      throw Self.failure(errno, cannot: "look at", key)
    }
    return FileState(status)?.info(key)
  }

  package func remove(_ key: Key) throws(StoreError) {
    let components = try LocalKey.components(of: key)
    do throws(Failure) {
      guard let directory = try directory(of: components) else { return }
      guard
        unlinkat(directory.descriptor, cString(components.last ?? []), 0) == 0 || LocalLister.isGone(errno)
      else { throw Failure(errno: errno, cannot: "remove", key.description) }
    } catch { throw StoreError(error) }
  }

  package func write(
    _ key: Key, _ contents: Contents, if condition: WriteCondition
  ) throws(StoreError) -> String {
    let components = try LocalKey.components(of: key)
    let tag: Result<String, StoreError>
    do {
      tag = try LocalWrite(root: anchor.directory(), components: components, condition: condition).run(
        contents)
    } catch { throw StoreError(error) }
    return try tag.get()
  }

  /// Syncs the file and the directory that names it.
  package func settle(_ key: Key) throws(StoreError) {
    let components = try LocalKey.components(of: key)
    do throws(Failure) {
      let name = components.last ?? []
      guard let directory = try directory(of: components), let file = try directory.openFile(name) else {
        throw Failure(errno: ENOENT, cannot: "open", key.description)
      }
      guard fsync(file.number) == 0 else { throw Failure(errno: errno, cannot: "sync", key.description) }
      try directory.sync()
    } catch { throw StoreError(error) }
  }

  /// What is no regular file is not there.
  private static func state(
    of file: borrowing Descriptor, _ key: Key, tag: String?
  ) throws(StoreError) -> FileState {
    var status = stat()
    guard fstat(file.number, &status) == 0 else { throw failure(errno, cannot: "look at", key) }
    guard let state = FileState(status) else { throw .notFound(.object) }
    if let tag, tag != state.tag { throw .conditionFailed }
    return state
  }

  /// The directory that a key's file is in, not by a link; nil where there is none.
  private func directory(of components: [[UInt8]]) throws(Failure) -> Directory? {
    guard var directory = try anchor.existing() else { return nil }
    do throws(Failure) {
      for component in components.dropLast() { directory = try directory.child(component) }
    } catch {
      guard error.exit == .noInput else { throw error }
      return nil
    }
    return directory
  }

  private func path(of key: Key) -> [UInt8] { root + [UInt8(ascii: "/")] + key.bytes }

  private func missing(_ code: Int32, cannot verb: String, _ key: Key) throws(StoreError) -> StoreError {
    guard LocalLister.isGone(code) else { return Self.failure(code, cannot: verb, key) }
    return access(cString(root), F_OK) == 0 ? .notFound(.object) : .notFound(.root)
  }

  private static func failure(_ code: Int32, cannot verb: String, _ key: Key) -> StoreError {
    StoreError(Failure(errno: code, cannot: verb, key.description))
  }
}
