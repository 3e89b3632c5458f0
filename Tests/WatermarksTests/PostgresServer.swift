import Foundation
import Postgres
import Testing

/// The PostgreSQL server that tests use: FRESHET_TEST_POSTGRES is its URL, as Tests/Pipes/postgres prints it.
enum PostgresServer {
  static let url = ProcessInfo.processInfo.environment["FRESHET_TEST_POSTGRES"].flatMap {
    $0.isEmpty ? nil : $0
  }

  /// A schema of the scratch's own, made where it is missing.
  static func url(_ scratch: Scratch, _ more: String = "") throws -> String {
    let schema = schema(scratch)
    try run("CREATE SCHEMA IF NOT EXISTS \(schema)")
    return try #require(url) + "?options=-csearch_path%3D\(schema)" + more
  }

  static func schema(_ scratch: Scratch) -> String {
    "test_" + scratch.path.suffix(36).lowercased().replacing("-", with: "_")
  }

  /// By a connection that is not the store's.
  @discardableResult
  static func run(_ sql: String..., timeout: Double = 20) throws -> [Answer] {
    try Session(try #require(url), timeout: timeout).run(sql.map { Query($0) }, timeout: timeout)
  }
}
