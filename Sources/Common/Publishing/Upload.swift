internal import Bytes
internal import Failures
internal import Objects
internal import Segments
internal import Synchronization
internal import Threads

/// Brings the files of an index to a destination, each checked against its SHA-256 on the way: the store is told the
/// checksum of what it is sent, in one piece or in parts, and refuses anything else. What lies in the destination's own store
/// is copied there: by the store's word that the copy has that checksum, or where it gives none, after the copy was read.
///
/// A file that the current generation names stays as it is. Every other one is stored under a name that begins with
/// `stamp`, which is not smaller than the current generation, so no collector takes it before the swap: a file that an
/// older generation left under its old name may be collected at any moment.
struct Upload {
  let destination: Destination
  let source: IndexFiles
  /// What the current generation names.
  var published: [IndexFile]
  let stamp: Int
  /// An attempt before this one has sent some.
  var isRepeated = false
  var threads = 4
  private let copies = Copies()

  struct Transfer: Equatable, Sendable {
    let file: IndexFile
    let target: String
  }

  /// The same index by the names that its files have at the destination, and what has to be there for it.
  func plan(_ index: IndexManifest) -> (index: IndexManifest, transfers: [Transfer]) {
    var names = Dictionary(published.map { (Content($0), $0.name) }) { first, _ in first }
    let known = Set(names.values)
    var taken: Set<String> = []
    var transfers: [Transfer] = []
    func rename(_ file: IndexFile, _ suffix: String) -> String {
      let content = Content(file)
      if let name = names[content], taken.insert(name).inserted || suffix == ".live" { return name }
      // Two segments of one content, should there be any, keep two names.
      var number = stamp
      var name = ""
      repeat {
        name = "\(number)-\(file.sha256.prefix(32))\(suffix)"
        number += 1
      } while !taken.insert(name).inserted || known.contains(name)
      names[content] = names[content] ?? name
      transfers.append(Transfer(file: file, target: name))
      return name
    }
    var renamed = index
    renamed.segments = index.segments.map { segment in
      var copy = segment
      let files = segment.files
      copy.name = rename(files[0], ".seg")
      if files.count > 1 { copy.live?.name = rename(files[1], ".live") }
      return copy
    }
    return (renamed, transfers)
  }

  private struct Content: Hashable {
    let sha256: String
    let bytes: Int
    init(_ file: IndexFile) { (sha256, bytes) = (file.sha256, file.bytes) }
  }

  /// How many were sent; the others had been there, from a run that did not get as far as the swap.
  func send(_ transfers: [Transfer]) throws(Failure) -> Int {
    let sent = try parallelMap(count: transfers.count, threads: threads) { index throws(Failure) in
      try send(transfers[index])
    }
    return sent.count { $0 }
  }

  private func send(_ transfer: Transfer) throws(Failure) -> Bool {
    let key = destination.place.key(Destination.segments + transfer.target)
    let name = destination.place.name(Destination.segments + transfer.target)
    do throws(StoreError) {
      if isWorthAsking(transfer.file), try isThere(key, transfer.file) {
        // Whoever put it there may have died before its name was durable.
        try destination.place.store.settle(key)
        return false
      }
    } catch { throw error.failure(cannot: "look at", name) }
    if try isCopied(transfer.file, to: key) { return true }
    guard let file = try source.open(transfer.file) else {
      throw Failure(
        .noInput, cannot: "read", source.name(transfer.file), because: "it is missing, and the index needs it"
      )
    }
    if let damage = file.damage(of: transfer.file) { throw source.damaged(transfer.file, damage) }
    do throws(StoreError) {
      _ = try destination.place.store.write(
        key, .file(path: file.path, sha256: transfer.file.sha256), if: .always)
    } catch { throw error.failure(cannot: "write", name) }
    return true
  }

  /// A small file is sent sooner than it is asked for: it is there only after a run that died before its swap.
  private func isWorthAsking(_ file: IndexFile) -> Bool {
    if case .local = destination.location { return true }
    return isRepeated || file.bytes > Self.smallFile
  }

  private static let smallFile = 8 << 20

  /// Whether the very bytes are there. What has the right size may have been damaged since: its checksum tells.
  private func isThere(_ key: Key, _ file: IndexFile) throws(StoreError) -> Bool {
    guard let there = try destination.place.store.info(key), there.bytes == file.bytes else { return false }
    let object = try destination.place.store.open(key, tag: there.tag)
    var digest = SHA256()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    do throws(StoreError) {
      while case let count = try object.read(into: chunk), count > 0 {
        digest.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      }
    } catch {
      // The store says itself that what it has is damaged, or can't say what it has: what is written over it is whole.
      if case .unavailable = error { return false }
      throw error
    }
    return Hex.encode(digest.finish()) == file.sha256
  }
}

extension Upload {
  /// Whether the store has copied the file, and the copy is what was written. Whatever else comes of it, the file is then sent
  /// as any other is, over what may lie there, or it is said what is wrong with it.
  private func isCopied(_ file: IndexFile, to key: Key) throws(Failure) -> Bool {
    guard copies.mayWork, case .store(let there) = source else { return false }
    guard let object = try there.info(file.name), object.bytes == file.bytes else { return false }
    do throws(StoreError) {
      let store = destination.place.store
      let isTold = try store.copy(object, of: there.store, to: key, sha256: file.sha256)
      return isTold ? true : try isThere(key, file)
    } catch {
      switch error {
      case .notFound, .conditionFailed: break
      default: copies.giveUp()
      }
      return false
    }
  }

  /// Whether a store copies is found out once: no other file waits for what did not work.
  private final class Copies: Sendable {
    private let work = Atomic(true)

    var mayWork: Bool { work.load(ordering: .relaxed) }
    func giveUp() { work.store(false, ordering: .relaxed) }
  }
}
