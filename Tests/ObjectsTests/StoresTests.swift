import Bytes
import Failures
import Glibc
import Testing

@testable import Objects

/// How a location is taken apart. That the parts lead to the object is in the suites of the stores.
@Suite struct StoresTests {
  @Test(arguments: [("a", "a"), ("d/a", "a"), ("../x/./a b", "a b"), ("/a", "a"), ("d//a", "a")])
  func `A local path is split at its last slash`(_ row: (String, String)) throws {
    #expect(try Stores().object(.local(path: Array(row.0.utf8))).key == Key(row.1))
  }

  @Test(arguments: ["/", "d/", "d//"]) func `A directory is no object`(_ path: String) {
    #expect(throws: Failure.self) { try Stores().object(.local(path: Array(path.utf8))) }
  }

  @Test func `A file is read and written by a path with dots in it`() throws {
    let directory = try Place.temporaryDirectory()
    let path = Array((directory + "/sub/../sub/./new").utf8)
    mkdir(directory + "/sub", 0o700)
    let (store, key) = try Stores().object(.local(path: path))
    try store.put(key, "text")
    #expect(try store.read(key)?.bytes == Array("text".utf8))
    #expect(try FileNames.of(directory + "/sub") == ["new"])
    let (below, empty) = try Stores().store(for: .local(path: Array(directory.utf8)))
    #expect(empty == "")
    #expect(try below.list(ListRequest(prefix: empty)).objects.map(\.key) == ["sub/new"])
  }
}
