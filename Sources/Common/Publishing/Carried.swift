internal import Bytes
internal import Failures
internal import Files
internal import Objects

/// The files that a new generation takes over from the current one, which are looked at before anything is built on them: a
/// generation that has lost a file, or whose file is another one now, gets no successor that has the same fault.
///
/// Each has to be there in its size. One that was written to later than the generation's manifest is read through, too, and
/// compared with its SHA-256: nothing writes to a file behind the manifest that names it. (What rots on a disk without
/// being written to is for index-check, which reads everything.)
///
/// The same look is taken at a generation that a batch finds to be its own already: there is nothing to publish only if it is
/// there. In a store one listing tells that, and no more is asked.
struct Carried {
  let destination: Destination
  let current: Current
  let files: [IndexFile]
  /// Whether something is built on them.
  let isBuiltOn: Bool

  /// Those that are missing, or are not what was written.
  func damaged() throws(Failure) -> [IndexFile] {
    if files.isEmpty { return [] }
    return switch IndexFiles.of(destination) {
    case .directory(let directory): try damaged(in: directory)
    case .store: try damagedInStore()
    }
  }

  private func damaged(in location: Location) throws(Failure) -> [IndexFile] {
    let segments: Directory
    let manifests: Directory
    do throws(Failure) {
      segments = try Directory.open(location.argument)
      manifests = try Directory.open(destination.location.appending("generations").argument)
    } catch {
      guard error.exit == .noInput else { throw error }
      return files
    }
    // A clock of the file system's may stand still for milliseconds.
    let written = manifests.stamp(current.stored.pointer.manifest.name)?.modified ?? 0
    return try damaged(
      files.map { file in segments.stamp(file.name).map { ($0.size, $0.modified) } }, since: written)
  }

  private func damagedInStore() throws(Failure) -> [IndexFile] {
    let manifest = Destination.generations + current.stored.pointer.manifest.name
    let found: [ObjectInfo?]
    let written: Int64
    do throws(StoreError) {
      written =
        isBuiltOn
        ? try destination.place.store.info(destination.place.key(manifest))?.modified ?? 0 : .max - 1
      found = try infos()
    } catch { throw error.failure(cannot: "look at", destination.place.name(Destination.segments)) }
    // A store's stands still for a second, in which much is written: that second is not suspect.
    return try damaged(found.map { $0.map { ($0.bytes, $0.modified) } }, since: written + 1)
  }

  /// By what is there of each. What was written to since that time is suspect.
  private func damaged(_ found: [(bytes: Int64, modified: Int64)?], since time: Int64) throws(Failure)
    -> [IndexFile]
  {
    var damaged: [IndexFile] = []
    for (file, found) in zip(files, found) {
      guard let found, found.bytes == file.bytes else {
        damaged.append(file)
        continue
      }
      if found.modified >= time, try !isIntact(file) { damaged.append(file) }
    }
    return damaged
  }

  /// One page of a listing tells of nearly all; what is not on it is asked for by itself.
  private func infos() throws(StoreError) -> [ObjectInfo?] {
    let listed = Dictionary(try firstPage().objects.map { ($0.key, $0) }) { $1 }
    return try files.map { (file) throws(StoreError) -> ObjectInfo? in
      let key = destination.place.key(Destination.segments + file.name)
      if let info = listed[key] { return info }
      return try destination.place.store.info(key)
    }
  }

  /// Who publishes need not be allowed to list.
  private func firstPage() throws(StoreError) -> ListPage {
    do throws(StoreError) {
      return try destination.place.store.list(
        ListRequest(prefix: destination.place.key(Destination.segments)))
    } catch {
      if case .unavailable = error { throw error }
      return ListPage()
    }
  }

  private func isIntact(_ file: IndexFile) throws(Failure) -> Bool {
    do throws(Failure) {
      guard let opened = try IndexFiles.of(destination).open(file) else { return false }
      return opened.damage(of: file) == nil
    } catch {
      guard error.exit == .badData else { throw error }
      return false
    }
  }
}
