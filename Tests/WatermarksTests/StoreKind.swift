import Bytes
import Foundation
import Objects
import Testing
import Watermarks

/// The stores that every test of the suite runs on.
enum StoreKind: CaseIterable {
  case sqlite
  /// A database of a real server.
  case postgres
  /// Objects in memory.
  case objects
  /// A bucket of a real server.
  case s3

  /// PostgreSQL where there is a server to test on, a bucket where AWS_ENDPOINT_URL_S3 and FRESHET_S3_BUCKET name one;
  /// PostgresTests and what is printed here say where there is none.
  static let allCases: [StoreKind] = {
    if bucket == nil {
      print("AWS_ENDPOINT_URL_S3 or FRESHET_S3_BUCKET is not set: no watermarks are kept in S3")
    }
    return [.sqlite, .objects] + (PostgresServer.url == nil ? [] : [.postgres]) + (bucket == nil ? [] : [.s3])
  }()

  static var bucket: String? {
    let environment = ProcessInfo.processInfo.environment
    return environment["AWS_ENDPOINT_URL_S3"] == nil ? nil : environment["FRESHET_S3_BUCKET"]
  }

  /// An empty store, or the one that was opened before in the same scratch.
  func open(_ scratch: Scratch) throws -> any WatermarkStore {
    switch self {
    case .sqlite: try SQLiteStore(creating: scratch.database)
    case .postgres: try PostgresStore(creating: try PostgresServer.url(scratch), patience: 20)
    case .objects: scratch.objectStore()
    case .s3:
      try ObjectWatermarkStore(
        .s3(bucket: Self.bucket ?? "", key: Array("wm-tests\(scratch.path)".utf8)), stores: Stores())
    }
  }

  /// Text that is hard to keep. PostgreSQL has no place for a NUL; and no argument can hold one.
  var oddText: String { self == .postgres ? "a\tb\n' ü" : "a\tb\n' \u{0} ü" }
}

extension Scratch {
  /// Watermarks in the objects of this test, through another store where one is given.
  func objectStore(through store: (any ObjectStore)? = nil, patience: Duration = .seconds(60))
    -> ObjectWatermarkStore
  {
    ObjectWatermarkStore(
      .s3(bucket: "memory", key: Array("wm".utf8)), store: store ?? objects, key: "wm", patience: patience)
  }
}
