import Bytes
import Foundation
import Lines
import Objects
import Partitions

/// A directory of a test's own, removed with the object. In memory where there is such a place: no test of this room is about
/// what a disk has after a crash, and all of them wait for it.
final class Place {
  let path: String

  init() throws {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
    let url = parent.appending(path: "deltas-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }

  /// Writes an object and gives its line, as part-ls would.
  func object(_ name: String, _ records: String..., minute: Int64 = 0) throws -> ObjectLine {
    try write(name, records.map { $0 + "\n" }.joined())
    guard let info = try LocalStore(root: path).info(Key(name)) else { throw CocoaError(.fileNoSuchFile) }
    return ObjectLine(
      time: Instant(seconds: minute * 60), modified: Instant(seconds: info.modified), bytes: info.bytes,
      tag: info.tag, location: .local(path: Array("\(path)/\(name)".utf8)))
  }

  /// The files below, by their relative paths.
  var files: [String: Data] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let found = names.compactMap { name in
      (try? Data(contentsOf: URL(filePath: path + "/" + name))).map { (name, $0) }
    }
    return Dictionary(uniqueKeysWithValues: found)
  }
}
