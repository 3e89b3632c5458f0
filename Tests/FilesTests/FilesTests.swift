import Failures
import Glibc
import Testing

@testable import Files

/// Files and directories, on the real file system.
/// NOT tested: power cuts, network file systems; full disks are Tests/Pipes/40-full-disk.
final class FilesTests {
  let scratch: String
  let directory: Directory

  init() throws {
    var template = Array("/tmp/files-XXXXXX".utf8CString)
    scratch = String(cString: mkdtemp(&template))
    directory = try Directory.open(scratch)
  }

  deinit { _ = directory.entriesRemoved() }

  @Test func `a written file is read back, and replaced whole`() throws {
    for text in ["first", "", "a third, and a longer one"] {
      try directory.write("name", Array(text.utf8))
      #expect(try directory.read("name") == Array(text.utf8))
      #expect(try directory.names() == ["name"])
    }
  }

  @Test func `a file of that name or of none`() throws {
    #expect(try directory.read("none") == nil)
    #expect(try directory.map("none") == nil)
    try directory.write("one", [1, 2, 3])
    #expect(try contents(of: directory.map("one")) == [1, 2, 3])
    try directory.remove("one")
    try directory.remove("one")
    #expect(try directory.names().isEmpty)
  }

  @Test func `a mapping outlives the name, and its replacement`() throws {
    try directory.write("map", [7, 8])
    let mapped = try directory.map("map")
    try directory.write("map", [9])
    try directory.remove("map")
    #expect(contents(of: mapped) == [7, 8])
  }

  @Test func `what is longer than the limit is refused`() throws {
    try directory.write("long", Array(repeating: 0, count: 100_000))
    #expect(try directory.read("long", limit: 100_000)?.count == 100_000)
    #expect(throws: Failure(.badData, cannot: "read", scratch + "/long", because: "longer than 99999 bytes"))
    {
      try directory.read("long", limit: 99_999)
    }
  }

  @Test func `an uncommitted file leaves nothing`() throws {
    var file: TemporaryFile? = try TemporaryFile(in: directory)
    try FileIO.writeAll(file?.descriptor ?? -1, [1], name: "it")
    #expect(try directory.names().count == 1)
    file = nil
    #expect(try directory.names().isEmpty)
  }

  @Test func `names are bytes, and come in byte order`() throws {
    let names: [[UInt8]] = [[0xFF, 0x20], Array("Z".utf8), Array("a".utf8), Array("é".utf8)]
    for name in names { try TemporaryFile(in: directory).commit(as: name) }
    let found = try FileIO.entries(of: directory.descriptor, name: "it")
    #expect(Set(found.map(\.name)) == Set(names))
    #expect(found.allSatisfy { $0.kind == .file })
    #expect(try directory.names().prefix(3) == ["Z", "a", "é"])
  }

  @Test(arguments: ["a", "a/b/c", "a//b/", "./a/b"])
  func `directories are made where they are missing`(path: String) throws {
    for _ in 1...2 {
      let made = try Directory.create(scratch + "/" + path)
      try made.write("file", [1])
      #expect(try Directory.open(scratch + "/" + path).read("file") == [1])
    }
  }

  @Test func `a directory that can't be made is an output, not an input`() throws {
    try directory.write("file", [])
    let failure = #expect(throws: Failure.self) { try Directory.create(scratch + "/file/below") }
    #expect(failure?.exit == .cannotCreate)
    let missing = #expect(throws: Failure.self) { try Directory.open(scratch + "/none") }
    #expect(missing?.exit == .noInput)
  }

  @Test func `a link is not followed below a directory`() throws {
    symlink("/etc", scratch + "/link")
    symlink("/etc/passwd", scratch + "/file")
    #expect(throws: Failure.self) { try directory.existing("link") }
    #expect(throws: Failure.self) { try directory.subdirectory("link") }
    #expect(throws: Failure.self) { try directory.read("file") }
  }

  @Test func `a lock is held once, until its owner goes`() throws {
    var lock = try FileLock("lock", in: directory, wait: false)
    #expect(lock != nil)
    #expect(try FileLock("lock", in: directory, wait: false) == nil)
    lock = nil
    #expect(try FileLock("lock", in: directory, wait: false) != nil)
  }

  @Test func `a lock goes with its owner, whoever has a copy of its descriptor`() throws {
    var lock = try FileLock("copied", in: directory, wait: false)
    let path = "\(scratch)/copied"
    let open = (0..<1024).first { number in
      var target = [UInt8](repeating: 0, count: path.utf8.count + 1)
      let count = readlink("/proc/self/fd/\(number)", &target, target.count)
      return count == path.utf8.count && target.prefix(count).elementsEqual(path.utf8)
    }
    let copy = dup(Int32(try #require(open)))
    defer { close(copy) }
    #expect(try lock != nil && FileLock("copied", in: directory, wait: false) == nil)
    lock = nil
    #expect(try FileLock("copied", in: directory, wait: false) != nil)
  }

  @Test func `lines are handed over by the piece, and at a flush`() throws {
    let file = try TemporaryFile(in: directory)
    var output = LineOutput(file.descriptor)
    try output.write("one")
    #expect(lseek(file.descriptor, 0, SEEK_END) == 0)
    try output.write(Array(repeating: UInt8(ascii: "x"), count: 1 << 16))
    #expect(lseek(file.descriptor, 0, SEEK_END) == 4 + 65_537)
    try output.write("")
    try output.flush()
    #expect(lseek(file.descriptor, 0, SEEK_END) == 4 + 65_537 + 1)
  }

  @Test func `a descriptor that can't be written to, and one that can't be read`() {
    #expect(throws: Failure(.io, cannot: "write", "it", because: "Bad file descriptor")) {
      try FileIO.writeAll(-1, [1], name: "it")
    }
    #expect(throws: Failure(.io, cannot: "read", "it", because: "Bad file descriptor")) {
      try FileIO.readAll(-1, name: "it")
    }
  }
}

private func contents(of file: MappedFile?) -> [UInt8] {
  withExtendedLifetime(file) { Array(file?.bytes ?? .init(start: nil, count: 0)) }
}

extension Directory {
  /// Empties the directory and removes it.
  fileprivate func entriesRemoved() -> Bool {
    for entry in (try? FileIO.entries(of: descriptor, name: path)) ?? [] {
      if entry.kind == .directory {
        _ = try? child(entry.name).entriesRemoved()
      } else {
        unlinkat(descriptor, cString(entry.name), 0)
      }
    }
    return rmdir(path) == 0
  }
}
