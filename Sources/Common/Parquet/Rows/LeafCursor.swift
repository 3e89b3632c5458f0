/// A column as a row of batches.
protocol ColumnSource: AnyObject {
  /// What comes next, valid until the next call; nil at the end.
  func next() throws(ParquetError) -> LeafCursor?
}

/// Gives a source for each of some columns.
typealias ColumnOpening = ([Leaf]) throws(ParquetError) -> [any ColumnSource]

/// Where the rows stand in one column: the entries and values that are decoded, and how many of them are used.
struct LeafCursor: BitwiseCopyable {
  var definitions: UnsafePointer<UInt8>?
  var repetitions: UnsafePointer<UInt8>?
  var values: UnsafeRawPointer?
  var entries = 0
  var count = 0
  /// The next of the entries, and of the values.
  var entry = 0
  var value = 0
  /// The definition level of values.
  var greatest: UInt8 = 0
}

/// The cursor's batches as `ColumnReader` decodes them.
final class DecodedColumn: ColumnSource {
  /// A batch should stay in the processor's cache together with those of other columns.
  private static let size = 1024
  private let reader: ColumnReader
  private let batch = ColumnBatch()

  init(_ reader: ColumnReader) { self.reader = reader }

  func next() throws(ParquetError) -> LeafCursor? {
    guard try reader.read(Self.size, into: batch) else { return nil }
    let leaf = reader.leaf
    let values = values(of: leaf.physical)
    var cursor = LeafCursor(values: values.start, entries: batch.entries, count: values.count)
    if leaf.maxDefinition > 0 {
      cursor.definitions = batch.definitions.baseAddress
      cursor.entries = min(cursor.entries, batch.definitions.count)
    }
    if leaf.maxRepetition > 0 {
      cursor.repetitions = batch.repetitions.baseAddress
      cursor.entries = min(cursor.entries, batch.repetitions.count)
    }
    return cursor
  }

  private func values(of physical: PhysicalType) -> (start: UnsafeRawPointer?, count: Int) {
    func erased<Value>(_ values: UnsafeBufferPointer<Value>) -> (UnsafeRawPointer?, Int) {
      (UnsafeRawPointer(values.baseAddress), values.count)
    }
    return switch physical {
    case .boolean: erased(batch.booleans)
    case .int32: erased(batch.int32)
    case .int64: erased(batch.int64)
    case .int96: erased(batch.int96)
    case .float: erased(batch.float)
    case .double: erased(batch.double)
    case .byteArray, .fixedLengthByteArray: erased(batch.bytes)
    }
  }
}
