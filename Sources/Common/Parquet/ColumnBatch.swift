/// What one read has decoded. It is used again from read to read, and all that it gives is valid until the next one.
package final class ColumnBatch {
  /// How many levels there are: of values, and of places where one is missing.
  package internal(set) var entries = 0
  /// How many values there are: as many as there are definition levels that equal the leaf's greatest.
  package internal(set) var count = 0
  /// The leaf that it was read from.
  var leaf: Leaf?
  var definitionMemory = PageMemory()
  var repetitionMemory = PageMemory()
  var values = PageMemory()

  package init() {}

  /// One for each entry; empty where the leaf's greatest level is 0.
  package var definitions: UnsafeBufferPointer<UInt8> {
    (leaf?.maxDefinition ?? 0) == 0 ? Self.none() : Self.some(definitionMemory.start, entries)
  }
  package var repetitions: UnsafeBufferPointer<UInt8> {
    (leaf?.maxRepetition ?? 0) == 0 ? Self.none() : Self.some(repetitionMemory.start, entries)
  }

  /// The values, without gaps, by the leaf's physical type; of any other type there are none.
  package var booleans: UnsafeBufferPointer<UInt8> { values(of: .boolean) }
  package var int32: UnsafeBufferPointer<Int32> { values(of: .int32) }
  package var int64: UnsafeBufferPointer<Int64> { values(of: .int64) }
  package var int96: UnsafeBufferPointer<Int96> { values(of: .int96) }
  package var float: UnsafeBufferPointer<Float> { values(of: .float) }
  package var double: UnsafeBufferPointer<Double> { values(of: .double) }
  /// Of both kinds of byte array.
  package var bytes: UnsafeBufferPointer<ByteView> {
    values(of: leaf?.physical == .fixedLengthByteArray ? .fixedLengthByteArray : .byteArray)
  }

  private func values<T>(of type: PhysicalType) -> UnsafeBufferPointer<T> {
    leaf?.physical == type ? Self.some(values.start, count) : Self.none()
  }

  private static func some<T>(_ start: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeBufferPointer<T> {
    UnsafeBufferPointer(
      start: start.map { UnsafePointer($0.assumingMemoryBound(to: T.self)) }, count: start == nil ? 0 : count)
  }

  private static func none<T>() -> UnsafeBufferPointer<T> { UnsafeBufferPointer(start: nil, count: 0) }
}

/// A time as Impala and old Spark keep it: nanoseconds of the day, and the Julian day.
package struct Int96: BitwiseCopyable, Sendable {
  package let low: UInt32
  package let middle: UInt32
  package let julianDay: Int32
}

/// Bytes that lie in a page, or in a dictionary. Behind them as many more as `slack` may be read, though they mean nothing.
package struct ByteView: BitwiseCopyable, @unchecked Sendable {
  package static let slack = PageMemory.slack

  package let start: UnsafeRawPointer?
  package let count: Int

  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
