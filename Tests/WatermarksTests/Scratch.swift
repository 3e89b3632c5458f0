import Foundation
import Objects
import Partitions
import Watermarks

/// An empty directory, gone with the object.
final class Scratch: Sendable {
  let path: String
  /// Empty at first, too.
  let objects = MemoryStore()

  init() throws {
    path = NSTemporaryDirectory() + "watermarks-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/wm.db" }
}

/// 2026-05-04T10:MM:00Z
func at(_ minute: Int64) -> Instant { Instant(seconds: 1_777_888_800 + minute * 60) }

func position(_ minute: Int64, _ generation: Int?) -> Position {
  Position(time: at(minute), generation: generation)
}

func signed(_ minute: Int64 = 30, why: String? = nil) -> Move.Signature {
  Move.Signature(who: "tester@host", at: at(minute), why: why)
}

func published(_ minute: Int64, _ generation: Int, _ lineage: String? = "L", back: Bool = false) -> Published
{
  Published(position: at(minute), generation: generation, lineage: lineage, movedBack: back)
}
