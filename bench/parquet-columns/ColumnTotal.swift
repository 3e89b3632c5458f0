internal import Parquet

/// What a column has: entries, values, and a sum of these or of their bytes.
struct ColumnTotal: CustomStringConvertible {
  private var entries = 0
  private var values = 0
  private var sum: UInt64 = 0

  var description: String { "\(entries) \(values) \(sum)" }

  mutating func count(_ batch: ColumnBatch) {
    entries += batch.entries
    values += batch.count
  }

  mutating func add(bytes: Int) { sum &+= UInt64(bytes) }

  mutating func add(_ batch: ColumnBatch) {
    for value in batch.booleans { sum &+= UInt64(value) }
    for value in batch.int32 { sum &+= UInt64(truncatingIfNeeded: value) }
    for value in batch.int64 { sum &+= UInt64(truncatingIfNeeded: value) }
    for value in batch.int96 { sum &+= UInt64(value.low) &+ UInt64(truncatingIfNeeded: value.julianDay) }
    for value in batch.float { sum &+= UInt64(value.bitPattern) }
    for value in batch.double { sum &+= value.bitPattern }
    for value in batch.bytes { sum &+= UInt64(value.count) &+ UInt64(value.bytes.last ?? 0) }
  }
}
