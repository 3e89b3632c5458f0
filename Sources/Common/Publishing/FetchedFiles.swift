internal import Bytes
internal import Failures
internal import Files
internal import Glibc
internal import Objects

/// Files of indexes that were fetched from a store, kept for the next run in a directory: each under its SHA-256, and whole.
/// Whoever asks for one gives it the time of day; whoever adds one removes those that nobody has asked for in a day.
struct FetchedFiles {
  private let directory: Directory

  private static let kept = 24 * 3600

  /// Makes the directory where there is none; 73 where it can't.
  init(in path: String) throws(Failure) { directory = try Directory.create(path) }

  /// Nil where it is not there.
  func open(_ file: IndexFile) throws(Failure) -> OpenedFile? {
    guard let mapped = try directory.map(file.sha256), mapped.bytes.count == file.bytes else { return nil }
    // Whoever may only read here does not keep it, and has it now.
    utimensat(directory.descriptor, file.sha256, nil, AT_SYMLINK_NOFOLLOW)
    return opened(mapped, file)
  }

  /// `fill` writes it to a descriptor. What has another checksum is not kept, 65.
  func add(
    _ file: IndexFile, of files: IndexFiles, fill: (Int32) throws(Failure) -> Void
  ) throws(Failure) -> OpenedFile {
    let temporary = try TemporaryFile(in: directory)
    try fill(temporary.descriptor)
    let added = opened(try MappedFile(temporary.descriptor, name: directory.full(file.sha256)), file)
    if let damage = added.damage(of: file) { throw files.damaged(file, damage) }
    try temporary.commit(as: file.sha256)
    clean()
    return added
  }

  private func opened(_ mapped: MappedFile, _ file: IndexFile) -> OpenedFile {
    OpenedFile(mapped: mapped, path: directory.full(file.sha256), fetched: nil)
  }

  /// What can't be removed, as it is another user's, is no reason not to go on.
  private func clean() {
    let oldest = (time(nil) - Self.kept) * 1_000_000_000
    for name in (try? directory.unsortedNames()) ?? [] where Self.isOurs(name) {
      guard let stamp = directory.stamp(name), stamp.modified < oldest else { continue }
      try? directory.remove(name)
    }
  }

  private static func isOurs(_ name: String) -> Bool {
    Hex.isWritten(name, digits: 64) || StorePlace.isLeftover(name)
  }
}
