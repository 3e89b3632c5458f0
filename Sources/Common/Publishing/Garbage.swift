package import Failures
internal import Files
internal import Glibc
internal import Objects

/// Removes the files that nothing needs any more.
///
/// A file is garbage when neither the current nor the kept generations name it, *and* the number at the head of its
/// name is smaller than the current generation: whoever wrote it can't commit it any more (Upload). Safe without any
/// clock; the grace only gives readers of an older generation the time to end.
package struct Garbage: Sendable {
  let destination: Destination
  /// How many generations before the current one keep their files.
  let keep: Int
  /// Seconds.
  let grace: Int64

  package init(_ destination: Destination, keep: Int, grace: Int64) {
    self.destination = destination
    self.keep = keep
    self.grace = grace
  }

  /// A temporary file that was not written to for that many seconds is nobody's any more.
  private static let slowestWrite: Int64 = 3600

  /// The names below the destination of what is garbage at that time (seconds since 1970), sorted.
  package func find(now: Int64) throws(Failure) -> [String] {
    guard let current = try destination.current() else { return [] }
    var kept = [current.generation]
    var needed: Set = [Destination.generations + current.stored.pointer.manifest.name]
    while kept.count <= keep, let parent = kept.last?.parent,
      let generation = try destination.generation(named: parent)
    {
      kept.append(generation)
      needed.insert(Destination.generations + parent)
    }
    for generation in kept {
      needed.formUnion(generation.indexes.flatMap(\.files).map { Destination.segments + $0.name })
    }
    let oldest = now &- grace
    var found: [String] = []
    for directory in [Destination.segments, Destination.generations] {
      found += try list(directory).filter { object in
        guard let number = Self.number(object.name, in: directory) else { return false }
        return number < current.generation.number && !needed.contains(object.name)
          && object.modified <= oldest
      }.map(\.name)
    }
    found += try list(".probe/").filter { $0.modified <= oldest }.map(\.name)
    return try (found + temporary(upTo: now &- max(grace, Self.slowestWrite))).sorted()
  }

  package func remove(_ name: String) throws(Failure) {
    if case .local(let path) = destination.location, Self.isTemporary(name) {
      // The store does not know of its own temporary files.
      let directory = try Directory.open(path)
      return try directory.remove(name)
    }
    do throws(StoreError) { try destination.store.remove(destination.key(name)) } catch {
      throw error.failure(cannot: "remove", destination.name(name))
    }
  }

  /// The number at the head of `811-<hash>.seg`.
  private static func number(_ name: String, in directory: String) -> Int? {
    let digits = name.utf8.dropFirst(directory.utf8.count).prefix { (0x30...0x39).contains($0) }
    guard name.utf8.dropFirst(directory.utf8.count + digits.count).first == UInt8(ascii: "-") else {
      return nil
    }
    return Int(Substring(digits))
  }

  private func list(_ directory: String) throws(Failure) -> [(name: String, modified: Int64)] {
    var request = ListRequest(prefix: destination.key(directory))
    var found: [(name: String, modified: Int64)] = []
    do throws(StoreError) {
      repeat {
        let page = try destination.store.list(request)
        for object in page.objects {
          let bytes = object.key.bytes.dropFirst(destination.prefix.bytes.count)
          // What is not UTF-8 is not ours.
          if let name = String(validating: bytes, as: UTF8.self) { found.append((name, object.modified)) }
        }
        request.continuing = page.next
      } while request.continuing != nil
    } catch { throw error.failure(cannot: "list", destination.name(directory)) }
    return found
  }

  // MARK: What a killed writer leaves in a local directory

  private static func isTemporary(_ name: String) -> Bool {
    name.split(separator: "/").last?.hasPrefix(".tmp-") == true
  }

  private func temporary(upTo oldest: Int64) throws(Failure) -> [String] {
    guard case .local(let path) = destination.location else { return [] }
    let root = try Directory.open(path)
    var found: [String] = []
    for name in ["", Destination.segments, Destination.generations] {
      guard let directory = name.isEmpty ? root : try? root.existing(String(name.dropLast())) else {
        continue
      }
      for entry in try directory.names() where Self.isTemporary(entry) {
        var status = stat()
        guard fstatat(directory.descriptor, entry, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
        if Int64(status.st_mtim.tv_sec) <= oldest { found.append(name + entry) }
      }
    }
    return found
  }
}
