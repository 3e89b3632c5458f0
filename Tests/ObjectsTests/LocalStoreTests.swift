import Bytes
import Failures
import Glibc
import Testing

@testable import Objects

/// What only a directory can do. Not tested: NFS, SMB and FUSE; directories that change while they are walked.
@Suite struct LocalStoreTests {
  private let root: String
  private let store: LocalStore

  init() throws {
    root = try Place.temporaryDirectory()
    store = LocalStore(root: root + "/data")
  }

  @Test(arguments: [
    "/etc/passwd", "../x", "a/../b", "a/..", "..", ".", "./a", "a/./b", "a//b", "a/", "//", "a\0b", ".lock",
    ".tmp-1", "a/.tmp-1",
  ]) func `A key never leaves the root`(_ text: String) throws {
    try store.put("inside")
    let key = Key(text)
    #expect(error { try store.put(key) }?.exit == .badData)
    #expect(error { try store.open(key, tag: nil) }?.exit == .badData)
    #expect(error { try store.info(key) }?.exit == .badData)
    #expect(error { try store.remove(key) }?.exit == .badData)
    #expect(try store.all(ListRequest(prefix: key == "." || key == ".." ? key + "/" : key)).objects.isEmpty)
  }

  @Test func `A missing root is said to be missing, and made by the first write`() throws {
    #expect(error { try store.list(ListRequest(prefix: "")) } == .notFound(.root))
    #expect(error { try store.open("a", tag: nil) } == .notFound(.root))
    try store.put("a/b/c")
    #expect(try store.list(ListRequest(prefix: "")).objects.map(\.key) == ["a/b/c"])
    var status = stat()
    #expect(stat(root + "/data/a/b", &status) == 0 && status.st_mode & 0o777 == 0o750)
    #expect(stat(root + "/data/a/b/c", &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func `Names that are not UTF-8 are listed and read`() throws {
    let key = Key([0x61, 0x2F, 0xFF, 0xFE, 0x80])
    try store.put(key, "bytes")
    #expect(try store.list(ListRequest(prefix: "")).objects.map(\.key) == [key])
    #expect(try store.read(key)?.bytes == Array("bytes".utf8))
    let (other, last) = try Stores().object(.local(path: Array((root + "/data/").utf8) + key.bytes))
    #expect(last == Key(key.bytes.dropFirst(2)))
    #expect(try other.read(last)?.bytes == Array("bytes".utf8))
  }

  @Test func `Links are followed by readers, and no circle is endless`() throws {
    try store.put("real/file")
    symlink("real", root + "/data/link")
    symlink("../..", root + "/data/real/up")
    symlink(".", root + "/data/self")
    symlink("gone", root + "/data/dangling")
    symlink("round", root + "/data/round")
    symlink("real/file", root + "/data/name")
    mkfifo(root + "/data/fifo", 0o600)
    let keys = try store.all(ListRequest(prefix: "")).objects.map(\.key)
    #expect(keys.contains("link/file") && keys.contains("real/file") && keys.contains("name"))
    #expect(!keys.contains("dangling") && !keys.contains("round") && !keys.contains("fifo"))
    #expect(keys.count < 20)
    #expect(try store.read("link/file")?.bytes == Array("x".utf8))
    #expect(error { try store.open("fifo", tag: nil) } == .notFound(.object))
    #expect(error { try store.open("real", tag: nil) } == .notFound(.object))
  }

  @Test func `Writers do not follow links to directories`() throws {
    try store.put("real/file")
    symlink("/tmp", root + "/data/out")
    #expect(error { try store.put("out/planted") } != nil)
    #expect(error { try store.put("real/file/below") } != nil)
  }

  @Test func `The store's own files are not listed, and leave nothing behind`() throws {
    _ = try store.write("a", .bytes([1]), if: .absent)
    _ = error { try store.write("a", .bytes([1]), if: .absent) }
    try store.put(".hidden")
    try store.put("_SUCCESS")
    #expect(try store.list(ListRequest(prefix: "")).objects.map(\.key) == [".hidden", "_SUCCESS", "a"])
    let names = try FileNames.of(root + "/data")
    #expect(names == [".hidden", ".lock", "_SUCCESS", "a"])
  }

  @Test func `A tag never comes back, however fast the writes`() throws {
    var tags: Set<String> = []
    for _ in 0..<50 { tags.insert(try store.write("a", .bytes([1]), if: .always)) }
    #expect(tags.count == 50)
  }

  @Test(arguments: [("a", "shorter"), ("w", "longer"), ("same", "rewritten")])
  func `A file that changes under the reader is an error`(_ row: (String, String)) throws {
    try store.put("a", String(repeating: "x", count: 300_000))
    let object = try store.open("a", tag: nil)
    let path = root + "/data/a"
    switch row.1 {
    case "shorter": truncate(path, 100_000)
    case "longer": truncate(path, 400_000)
    default:
      let file = fopen(path, "r+")
      fputs("y", file)
      fclose(file)
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { buffer.deallocate() }
    #expect(throws: Failure.self) { while try object.body.read(into: buffer) > 0 {} }
  }

  @Test func `A directory that may not be read is no empty one`() throws {
    guard geteuid() != 0 else { return }
    try store.put("closed/a")
    chmod(root + "/data/closed", 0)
    #expect(error { try store.list(ListRequest(prefix: "")) }?.exit == .permission)
    chmod(root + "/data/closed", 0o700)
  }
}

enum FileNames {
  static func of(_ path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw StoreError.notFound(.root) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }
}
