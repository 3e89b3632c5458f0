import Bytes
import Foundation
import Testing

@testable import Tables

/// Where a path in a log leads.
@Suite struct DataPathTests {
  private static func path(_ uri: String, of table: Location) throws -> DataPath {
    let bytes = Array(uri.utf8)
    return try bytes.withUnsafeBytes { try DataPath($0, of: table) }
  }

  static let bucket = Location.s3(bucket: "b", key: Array("t".utf8))
  static let directory = Location.local(path: Array("/data/t".utf8))
  static let relative = Location.local(path: Array("t".utf8))

  static let paths: [(Location, String, String)] = [
    (bucket, "a.parquet", "s3://b/t/a.parquet"), (bucket, "./a", "s3://b/t/a"),
    (bucket, "k=a%2520b/p", "s3://b/t/k=a%2520b/p"), (bucket, "k=a%20b/p", "s3://b/t/k=a%20b/p"),
    (bucket, "k=a+b/p", "s3://b/t/k=a+b/p"), (bucket, "k=%C3%A4/%0A", "s3://b/t/k=ä/%0A"),
    (bucket, "ts=2026-05-04 10:00/p", "s3://b/t/ts=2026-05-04%2010:00/p"), (bucket, "a%FF", "s3://b/t/a%FF"),
    (bucket, "a%3Ab", "s3://b/t/a:b"), (bucket, "1:b", "s3://b/t/1:b"),
    (bucket, "a..b/...", "s3://b/t/a..b/..."),
    (bucket, "s3://c/x%20y", "s3://c/x%20y"), (bucket, "s3a://c/x", "s3://c/x"),
    (bucket, "S3N://c/x", "s3://c/x"),
    (bucket, "s3://b/t/a", "s3://b/t/a"), (bucket, "/t/a", "s3://b/t/a"), (bucket, "/x", "s3://b/x"),
    (directory, "a%20b", "/data/t/a%20b"), (directory, "/etc/x", "/etc/x"),
    (directory, "file:/etc/x", "/etc/x"), (directory, "file:///etc/x%20y", "/etc/x%20y"),
    (directory, "file:/data/t/a", "/data/t/a"), (directory, "s3://c/x", "s3://c/x"), (relative, "a", "t/a"),
    (relative, "file:///data/t/a", "/data/t/a"),
  ]

  @Test(arguments: paths) func `A path leads where it says`(_ table: Location, _ uri: String, _ place: String)
    throws
  {
    #expect(try Self.path(uri, of: table).location(in: table)?.description == place)
  }

  @Test func `However it is spelled, a file of the table is one file`() throws {
    let same = ["a%20b", "./a b", "s3://b/t/a%20b", "s3a://b/t/a b", "/t/a%20b", "%61%20b"]
    let paths = try same.map { try Self.path($0, of: Self.bucket) }
    #expect(paths.allSatisfy { $0 == paths[0] && !$0.isAbsolute })
    let local = try ["a", "/data/t/a", "file:/data/t/a", "file:///data/t/a"].map {
      try Self.path($0, of: Self.directory)
    }
    #expect(local.allSatisfy { $0 == local[0] })
    #expect(try Self.path("s3:%2F%2Fb/t/a", of: Self.bucket) == Self.path("a", of: Self.bucket))
    #expect(try Self.path("/t2/a", of: Self.bucket) != Self.path("2/a", of: Self.bucket))
  }

  static let bad: [(Location, String)] = [
    (bucket, ""), (bucket, ".."), (bucket, "a/../b"), (bucket, "%2E%2e/b"), (bucket, "/../b"),
    (bucket, "s3://c/../x"),
    (bucket, "s3:///x"), (bucket, "s3:x"), (bucket, "s3://user:secret@c/x"), (bucket, "file:/x"),
    (bucket, "hdfs://h/x"),
    (bucket, "http://h/x"), (bucket, "a%"), (bucket, "a%g0"), (bucket, "a%00b"), (directory, "file://host/x"),
    (bucket, "/"), (bucket, "./"), (bucket, "."), (bucket, "a/"), (bucket, "a/."), (bucket, "/t/"),
    (bucket, "s3://b/t/"), (bucket, "s3://c"), (bucket, "%2F"), (directory, "/data/t/"),
    (directory, "file:///"),
    (directory, "file:x"), (directory, "gs://b/x"), (directory, "wasbs://c@a/x"), (directory, "..%2Fx"),
  ]

  @Test(arguments: bad) func `A path that leads nowhere, or out, is refused`(_ table: Location, _ uri: String)
  {
    #expect(throws: ActionError.self) { try Self.path(uri, of: table) }
  }

  /// A log may have both spellings of one file, also where the table's place was given as a relative path.
  @Test func `An absolute path below a relative table is of the table`() throws {
    let here = FileManager.default.currentDirectoryPath
    let name = "freshet-paths-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: name) }
    for spelling in [name, "./\(name)/", "\(name)/../\(name)"] {
      let table = Location.local(path: Array(spelling.utf8))
      let file = try Self.path("a b", of: table)
      for uri in ["\(here)/\(name)/a b", "file:\(here)/\(name)/a%20b", "file://\(here)/\(name)/a%20b"] {
        #expect(try Self.path(uri, of: table) == file)
      }
      #expect(try Self.path("\(here)/other/a", of: table).isAbsolute)
    }
  }
}
