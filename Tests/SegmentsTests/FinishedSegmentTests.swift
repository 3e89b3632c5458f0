import Bytes
import Fields
import Files
import Glibc
import Testing

@testable import Segments

/// A finished segment is a whole file under its name, or no file at all.
///
/// Not tested: a power cut between the rename and the directory's sync.
struct FinishedSegmentTests {
  /// A new directory in `place`, and its path.
  static func directory(in place: String) throws -> Directory {
    var path = Array("\(place)/finished-XXXXXX".utf8CString)
    mkdtemp(&path)
    return try Directory.open(String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  static func finish(scratch: Directory, into directory: Directory) throws -> FinishedSegment {
    let fields = try Fields(all: testFields)
    let lane = SegmentLane(fields: fields, scratch: scratch, memory: 1 << 16)
    add(inOrder(randomDocuments(800, seed: 5)), fields: fields, to: lane)
    withBytes("gone") { lane.add(idTombstone: $0) }
    return try SegmentWriter.finish([lane], fields: fields, into: directory, memory: 1 << 16, threads: 2)
  }

  /// Also where the scratch directory is on another file system, as /dev/shm mostly is.
  @Test(arguments: ["/tmp", "/dev/shm"])
  func `what is kept is there, and nothing else`(place: String) throws {
    let (scratch, directory) = (try Self.directory(in: place), try Self.directory(in: "/tmp"))
    let segment = try Self.finish(scratch: scratch, into: directory)
    let (bytes, sha256) = (segment.bytes, segment.sha256)
    #expect(segment.documents == 800 && segment.tombstones == 1 && segment.idTombstones == 1)
    #expect(try directory.names().allSatisfy { $0.hasPrefix(".tmp-") })
    try segment.keep(as: "0-x.seg")
    #expect(try directory.names() == ["0-x.seg"])
    #expect(try scratch.names() == [])
    let content = try directory.read("0-x.seg") ?? []
    #expect(content.count == bytes)
    #expect(SHA256.hex(content) == sha256)
    #expect(try open(content).verify() == [])
    for path in [scratch.path, directory.path + "/0-x.seg", directory.path] { remove(path) }
  }

  @Test func `what is not kept leaves nothing`() throws {
    let directory = try Self.directory(in: "/tmp")
    do {
      let segment = try Self.finish(scratch: directory, into: directory)
      #expect(segment.bytes > 0)
    }
    #expect(try directory.names() == [])
    remove(directory.path)
  }
}
