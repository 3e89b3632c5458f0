internal import Bytes
internal import Failures
internal import Files
internal import Objects

extension StateStore {
  /// Whether a segment of the last state is there by its size: the index that is joined needs it, and nobody else would notice.
  /// The rest is found out where it is fetched, and then sent anew.
  func hasSegment(_ file: StoredState.File) throws(Failure) -> Bool {
    try place.info(file.object)?.bytes == Int64(file.bytes)
  }

  /// Brings a file to a place, whole or not at all; 66 where it is missing, 65 where it is damaged. What it was damaged by on
  /// its way costs no more than a second one.
  func fetch(_ file: StoredState.File, to place: FileDigests.Place) throws(Failure) -> Stamp {
    for _ in 0..<2 {
      if let stamp = try transfer(file, to: place) { return stamp }
    }
    throw damaged(file.object)
  }

  /// Nil where it came damaged.
  private func transfer(_ file: StoredState.File, to place: FileDigests.Place) throws(Failure) -> Stamp? {
    let name = self.place.name(file.object)
    let object: OpenObject
    do throws(StoreError) { object = try self.place.store.open(self.place.key(file.object), tag: nil) } catch
    {
      throw error.failure(cannot: "read", name)
    }
    guard object.bytes == Int64(file.bytes) else { return nil }
    var copy = OutputFile(in: place.directory)
    try object.forEachPiece(name) { (piece) throws(Failure) in try copy.append(piece) }
    let (written, sha256) = try copy.finish()
    guard sha256 == file.sha256 else { return nil }
    try written.rename(to: place.name)
    guard let stamp = place.directory.stamp(place.name) else {
      throw Failure(.io, cannot: "find", place.directory.full(place.name), because: "somebody removed it")
    }
    return stamp
  }
}
