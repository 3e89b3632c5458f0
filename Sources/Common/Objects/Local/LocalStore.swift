internal import Bytes
internal import Failures
internal import Files
internal import Glibc

/// The files below a directory, as objects: keys are relative paths, in bytes. Links are followed by what reads, and
/// refused by what writes. What is no regular file is not there; neither are the store's own `.lock` and `.tmp-…`.
package struct LocalStore: ObjectStore {
  private let root: [UInt8]

  /// The directory need not exist: reading from it is then `notFound`, and the first write makes it.
  package init(root: [UInt8]) { self.root = root }
  package init(root: String) { self.root = Array(root.utf8) }

  package var requests: Int { 0 }

  /// A directory with no file below it is among the prefixes of a delimited listing, unlike in S3.
  package func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try LocalLister.page(of: root, request)
  }

  package func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    _ = try LocalKey.components(of: key)
    let number = Glibc.open(cString(path(of: key)), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw try missing(errno, cannot: "open", key) }
    let descriptor = Descriptor(owning: number)
    guard let state = try Self.state(of: descriptor, key) else { throw .notFound(.object) }
    if let tag, tag != state.tag { throw .conditionFailed }
    return OpenObject(
      tag: state.tag, bytes: state.bytes, body: FileBody(descriptor, state, name: key.description))
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
    _ = try LocalKey.components(of: key)
    guard unlink(cString(path(of: key))) == 0 || LocalLister.isGone(errno) else {
      throw Self.failure(errno, cannot: "remove", key)
    }
  }

  package func write(
    _ key: Key, _ contents: Contents, if condition: WriteCondition
  ) throws(StoreError) -> String {
    let components = try LocalKey.components(of: key)
    let tag: Result<String, StoreError>
    do {
      let root = try Directory.create(root)
      tag = try LocalWrite(root: root, components: components, condition: condition).run(contents)
    } catch { throw StoreError(error) }
    return try tag.get()
  }

  /// Syncs the file and the directory that names it.
  package func settle(_ key: Key) throws(StoreError) {
    let components = try LocalKey.components(of: key)
    do throws(Failure) {
      let file = try Descriptor.reading(path(of: key))
      let directory = try Directory.open(root + components.dropLast().flatMap { [UInt8(ascii: "/")] + $0 })
      guard fsync(file.number) == 0 else { throw Failure(errno: errno, cannot: "sync", key.description) }
      try directory.sync()
    } catch { throw StoreError(error) }
  }

  /// Nil for what is no regular file.
  private static func state(of file: borrowing Descriptor, _ key: Key) throws(StoreError) -> FileState? {
    var status = stat()
    guard fstat(file.number, &status) == 0 else { throw failure(errno, cannot: "look at", key) }
    return FileState(status)
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
