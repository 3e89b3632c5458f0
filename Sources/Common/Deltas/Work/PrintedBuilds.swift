internal import Bytes
internal import Failures
internal import Lines
internal import Segments

/// The builds that the reader of what index-publish printed may have, as it lists them beside them: lines `#printed ... index=<id>`
/// (its PrintedStates has the format). The change to the next build is from all of them.
enum PrintedBuilds {
  static let name = "printed"

  static func ids(_ bytes: [UInt8]?) -> Set<String> {
    Set(
      (bytes ?? []).split(separator: UInt8(ascii: "\n")).compactMap { line in
        Receipt(Substring(decoding: line, as: UTF8.self))?["index"].flatMap {
          Hex.isWritten($0, digits: 64) ? $0 : nil
        }
      })
  }
}

extension StateStore {
  /// What keeps the builds that were printed readable, as far as they are there: without what only a next build needs.
  func printed() throws(Failure) -> [String] {
    var kept: [String] = []
    for id in PrintedBuilds.ids(try read("builds/" + PrintedBuilds.name)?.bytes) {
      do throws(Failure) {
        let manifest = try manifest(id)
        let files = manifest.segments.flatMap { [$0.name, $0.live?.name].compactMap(\.self) }
        kept += [Self.manifest(id), Self.published(id)] + files.map { "segments/" + $0 }
      } catch { guard error.exit == .noInput || error.exit == .badData else { throw error } }
    }
    return kept
  }
}
