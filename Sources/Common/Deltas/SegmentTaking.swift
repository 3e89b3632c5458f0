internal import Bytes
internal import Failures
internal import Files
internal import Segments

extension WorkDirectory {
  /// Has the files of a segment among its own: by links where that can be, else as copies. 65 where one is missing, or is not what
  /// its SHA-256 says.
  ///
  /// A link changes the stamp of the file, so that the build it comes from looks into it once more.
  func take(_ segment: IndexManifest.Segment, from directory: Directory) throws(Failure) {
    try take(segment.name, segment.bytes, segment.sha256, from: directory)
    if let live = segment.live { try take(live.name, live.bytes, live.sha256, from: directory) }
  }

  private func take(_ name: String, _ bytes: Int, _ sha256: String, from directory: Directory) throws(Failure)
  {
    if isWhole(name, sha256: sha256) { return }
    let path = directory.full(name)
    guard let file = try directory.openFile(name) else {
      throw Failure(.badData, cannot: "join", path, because: "it is missing")
    }
    var digest = SHA256()
    if file.stamp?.size == Int64(bytes) {
      try FileIO.read(file.number, 0..<bytes, name: path) { digest.update($0) }
    }
    guard Hex.encode(digest.finish()) == sha256 else {
      throw Failure(.badData, cannot: "join", path, because: "it is damaged")
    }
    if try !segments.link(file, as: name) { try copy(file, bytes, path, as: name) }
  }

  private func copy(
    _ file: borrowing Descriptor, _ bytes: Int, _ path: String, as name: String
  ) throws(Failure) {
    let copy = try TemporaryFile(in: segments)
    try FileIO.read(file.number, 0..<bytes, name: path) { (piece) throws(Failure) in
      try FileIO.writeAll(copy.descriptor, piece, name: segments.full(name))
    }
    try copy.commit(as: name)
  }
}
