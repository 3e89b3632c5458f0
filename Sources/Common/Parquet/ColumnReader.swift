/// The values of one column in one row group, a batch after the other.
package final class ColumnReader {
  package let leaf: Leaf

  /// `leaf` is an index in `schema.leaves`.
  package init(_ file: ParquetFile, leaf: Int, rowGroup: Int) throws(ParquetError) {
    throw .unsupported("Parquet")
  }

  /// Decodes the next entries of the column, at most `limit` and at least one, into the batch, whose old content is
  /// gone; false at the end, where the batch is empty.
  package func read(_ limit: Int, into batch: ColumnBatch) throws(ParquetError) -> Bool {
    throw .unsupported("Parquet")
  }
}

/// What one read has decoded. It is used again from read to read, and all that it gives is valid until the next one.
package final class ColumnBatch {
  /// How many levels there are: of values, and of places where one is missing.
  package internal(set) var entries = 0
  /// How many values there are: as many as there are definition levels that equal the leaf's greatest.
  package internal(set) var count = 0

  package init() {}

  /// One for each entry; empty where the leaf's greatest level is 0.
  package var definitions: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
  package var repetitions: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }

  /// The values, without gaps, by the leaf's physical type.
  package var booleans: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
  package var int32: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: nil, count: 0) }
  package var int64: UnsafeBufferPointer<Int64> { UnsafeBufferPointer(start: nil, count: 0) }
  package var int96: UnsafeBufferPointer<Int96> { UnsafeBufferPointer(start: nil, count: 0) }
  package var float: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: nil, count: 0) }
  package var double: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: nil, count: 0) }
  /// Of both kinds of byte array.
  package var bytes: UnsafeBufferPointer<ByteView> { UnsafeBufferPointer(start: nil, count: 0) }
}

/// A time as Impala and old Spark keep it: nanoseconds of the day, and the Julian day.
package struct Int96: BitwiseCopyable, Sendable {
  package let low: UInt32
  package let middle: UInt32
  package let julianDay: Int32
}

/// Bytes that lie in a page, or in a dictionary.
package struct ByteView: BitwiseCopyable, @unchecked Sendable {
  package let start: UnsafeRawPointer?
  package let count: Int

  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
