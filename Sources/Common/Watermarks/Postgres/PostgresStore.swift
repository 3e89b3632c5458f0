package import Failures
package import Partitions

/// Watermarks in a PostgreSQL database.
package final class PostgresStore: WatermarkStore {
  /// The store in a database; nil where it has no tables of ours. Nothing is created.
  package init?(existing url: String, patience: Double) throws(Failure) { throw .notYet }

  /// The store in a database; its tables are made where they are missing.
  package init(creating url: String, patience: Double) throws(Failure) { throw .notYet }

  package func watermark(_ name: WatermarkName) throws(Failure) -> Watermark? { throw .notYet }
  package func watermarks(below prefix: String, unmovedSince: Instant?) throws(Failure) -> [Watermark] {
    throw .notYet
  }
  package func moves(of name: WatermarkName, limit: Int?) throws(Failure) -> [Move] { throw .notYet }
  package func change(_ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move?) throws(Failure) {
    throw .notYet
  }
  package func markIdle(_ name: WatermarkName, at now: Instant) throws(Failure) { throw .notYet }
  package func lease(_ name: WatermarkName) throws(Failure) -> Lease? { throw .notYet }
  package func changeLease(
    _ name: WatermarkName, _ decide: (Lease?, StoreTime) throws(Failure) -> Lease?
  ) throws(Failure) { throw .notYet }
}

extension Failure {
  fileprivate static var notYet: Failure {
    Failure(.configuration, cannot: "use", "postgres://...", because: "it comes with a later version")
  }
}
