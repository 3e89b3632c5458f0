package import Bytes
package import Failures
internal import Files
package import Lines
package import Objects
package import Partitions
package import Segments

/// An index as delta-build left it: its description, and where its files are.
package struct BuiltIndex: Sendable {
  package let location: Location
  package var manifest: IndexManifest
  package let files: IndexFiles
  /// Where its description lies.
  private let builds: StorePlace

  /// Reads `….json`; 66 where there is none, 1 for one of several shards: what the others have would be gone.
  package init(_ location: Location, stores: Stores) throws(Failure) {
    self.location = location
    builds = try StorePlace(location.directory, stores: stores)
    let (bytes, name) = (try stores.description(at: location), location.description)
    manifest = try IndexManifest(json: try Members.parse(bytes, file: name).json, name: name)
    if let shard = manifest.shard {
      throw Failure(
        .refused, cannot: "publish", name,
        because: "it is shard \(shard) of an index: delta-build --join makes one of all \(shard.count)")
    }
    try manifest.checkTimes(name: name)
    files = try IndexFiles.beside(manifest: location, stores: stores)
  }

  package init(
    _ location: Location, manifest: IndexManifest, files: IndexFiles, stores: Stores
  ) throws(Failure) {
    self.location = location
    self.manifest = manifest
    self.files = files
    builds = try StorePlace(location.directory, stores: stores)
  }

  /// The index that a batch's receipt names; 65 where it names none, or another than is there.
  package init(of batch: Batch, stores: Stores) throws(Failure) {
    guard let receipt = batch.receipt("index") else {
      throw Failure(.badData, "cannot publish standard input: no #index: is delta-build missing?")
    }
    guard let location = receipt.location("location") else {
      throw Failure(.badData, cannot: "publish", "standard input", because: "its #index has no location")
    }
    do throws(Failure) { try self.init(location, stores: stores) } catch {
      guard error.exit == .noInput, case .local(let path) = location, path.first != UInt8(ascii: "/") else {
        throw error
      }
      throw Failure(.noInput, "\(error.message): from here it is \(location.absolute)")
    }
    if let id = receipt["id"], id != manifest.id {
      throw Failure(
        .badData, cannot: "publish", location.description,
        because: "the receipt is of index \(id), and there lies \(manifest.id)")
    }
  }

  /// Gives an index that was built from records, and so has no position, one; 64 for any other.
  package mutating func setPosition(_ time: Instant) throws(Failure) {
    guard manifest.position.isEmpty || manifest.position == time.description else {
      throw Failure(
        .usage, cannot: "publish", location.description,
        because: "its position is \(manifest.position), and --to says \(time)")
    }
    manifest.position = time.description
  }

  /// Leaves word beside the build of a slice, where it lies, of what it was published as: `builds/<id>.published`
  /// holds the `#published` line. By it delta-build knows that a slice is published, and not by a later generation, which
  /// may be another pipe's. Where it can't be left, the same slice is sent again, and found to be there.
  package func leaveWord(_ published: Receipt) {
    if manifest.slice.isEmpty { return }
    let (name, word) = (manifest.id + ".published", Array((published.text + "\n").utf8))
    guard case .local(let path) = builds.location else {
      try? builds.write(name, .bytes(word))
      return
    }
    // Without a sync: what is lost of it costs a batch that is sent again.
    guard let directory = try? Directory.open(path), let file = try? TemporaryFile(in: directory),
      (try? FileIO.writeAll(file.descriptor, word, name: file.name)) != nil
    else { return }
    try? file.rename(to: name)
  }

  /// What a receipt says of it, for one that is published by hand.
  package var receipt: Receipt {
    var receipt = Receipt("index", ["id": manifest.id, "to": manifest.position])
    receipt.append("documents", manifest.documents)
    receipt.append("tombstones", manifest.tombstones)
    receipt.append("groups", manifest.groups)
    receipt.append("segments", manifest.segments.count)
    receipt.append("bytes", manifest.files.reduce(0) { $0 &+ $1.bytes })
    receipt.append("location", location)
    return receipt
  }
}
