internal import Bytes
internal import Failures
internal import Files
internal import Lines

/// What the files of a work directory hash to, for as long as their stamps are the same within one boot: so that a batch reads what
/// is new, and not the window.
///
///     #digests  format=1  boot=<boot>
///     runs/<hash>.run  <bytes>  <modified>  <changed>  <SHA-256>
///     #end    lines=n  crc=<CRC-32 of all lines before, in hex>
struct FileDigests: Sendable {
  typealias Known = (stamp: Stamp, sha256: String)

  private var files: [String: Known] = [:]

  static let version = 1

  /// Those that a work directory remembers; none where it does not.
  init(of work: WorkDirectory) {
    guard let bytes = work.digests, let sealed = SealedLines(bytes, "digests", format: Self.version),
      !work.boot.isEmpty, sealed.head["boot"] == work.boot
    else { return }
    for row in sealed.columns(5) ?? [] {
      let numbers = row[1...3].compactMap { Int64($0) }
      guard numbers.count == 3, Hex.isWritten(row[4], digits: 64) else { continue }
      files[row[0]] = (Stamp(size: numbers[0], modified: numbers[1], changed: numbers[2]), row[4])
    }
  }

  /// Of some files, by their names.
  init(_ files: [(name: String, known: Known)]) {
    self.files = Dictionary(files.map { ($0.name, $0.known) }) { $1 }
  }

  func text(boot: String) -> String {
    var head = Receipt("digests")
    head.append("format", Self.version)
    head.append("boot", boot)
    let lines = files.sorted { $0.key < $1.key }.map { name, known in
      "\(name)\t\(known.stamp.size)\t\(known.stamp.modified)\t\(known.stamp.changed)\t\(known.sha256)"
    }
    return SealedLines.text(head, lines)
  }

  /// What a file holds right now; nil where it is not there. It is read where its stamp is another one than when it was known.
  func known(_ name: String, at place: Place) throws(Failure) -> Known? {
    guard let file = try place.directory.openFile(place.name), let stamp = file.stamp else { return nil }
    if let known = files[name], known.stamp == stamp { return known }
    var digest = SHA256()
    try FileIO.read(file.number, 0..<Int(clamping: stamp.size), name: place.directory.full(place.name)) {
      digest.update($0)
    }
    return (stamp, Hex.encode(digest.finish()))
  }

  /// A directory, and a name in it.
  typealias Place = (directory: Directory, name: String)
}
