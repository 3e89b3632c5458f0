package import Bytes
package import Failures
package import Objects
package import Partitions

/// Watermarks as objects of a store that has conditional writes, one a name.
package final class ObjectWatermarkStore: WatermarkStore {
  package init(_ location: Location, stores: Stores) throws(Failure) { throw .notYet }

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
    Failure(.configuration, cannot: "use", "s3://...", because: "it comes with a later version")
  }
}
