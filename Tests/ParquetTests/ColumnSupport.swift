import Bytes
import ParquetForge
import Seeded

@testable import Parquet

/// What a column has, as values that tests compare: of any type as bytes, little-endian.
struct Column: Equatable {
  var definitions: [UInt8] = []
  var repetitions: [UInt8] = []
  var values: [[UInt8]] = []
}

/// Reads a column of all row groups, so many entries at a time.
func column(_ bytes: [UInt8], _ leaf: Int = 0, at once: Int = 1000) throws -> Column {
  try column(ParquetFile(ArrayBytes(bytes)), leaf, at: once)
}

func column(_ file: ParquetFile, _ leaf: Int = 0, at once: Int = 1000) throws -> Column {
  var column = Column()
  let batch = ColumnBatch()
  for group in file.rowGroups.indices {
    let reader = try ColumnReader(file, leaf: leaf, rowGroup: group)
    while try reader.read(once, into: batch) { column.add(batch) }
  }
  return column
}

extension Column {
  mutating func add(_ batch: ColumnBatch) {
    definitions += batch.definitions
    repetitions += batch.repetitions
    values += batch.booleans.map { [$0] }
    values += batch.int32.map(littleEndian)
    values += batch.int64.map(littleEndian)
    values += batch.float.map { littleEndian($0.bitPattern) }
    values += batch.double.map { littleEndian($0.bitPattern) }
    values += batch.int96.map {
      littleEndian($0.low) + littleEndian($0.middle) + littleEndian($0.julianDay)
    }
    values += batch.bytes.map { Array($0.bytes) }
  }
}

/// The sentence of the error, where there is one.
func refusal<T>(_ body: () throws -> T) -> String? {
  do {
    _ = try body()
    return nil
  } catch let error as ParquetError {
    switch error {
    case .damaged(let reason): return reason
    case .unsupported(let reason): return "unsupported: \(reason)"
    case .source(let failure): return failure.message
    }
  } catch { return "\(error)" }
}

/// How values of a type are made at random and written.
struct ValueKind: Sendable, CustomStringConvertible {
  let type: PhysicalType
  /// Of a value; nil where they differ.
  let width: Int?
  let encoding: Int

  static let all: [ValueKind] =
    kinds(.boolean, 1, [0, 3]) + kinds(.int32, 4, [0, 5, 8, 9]) + kinds(.int64, 8, [0, 2, 5, 8, 9])
    + kinds(.int96, 12, [0, 8]) + kinds(.float, 4, [0, 8, 9]) + kinds(.double, 8, [0, 8, 9])
    + kinds(.byteArray, nil, [0, 6, 7, 8]) + kinds(.fixedLengthByteArray, 5, [0, 7, 8, 9])

  private static func kinds(_ type: PhysicalType, _ width: Int?, _ encodings: [Int]) -> [ValueKind] {
    encodings.map { ValueKind(type: type, width: width, encoding: $0) }
  }

  var description: String { "\(type) in encoding \(encoding)" }

  var leaf: [Int: Thrift] { leaf(Forged.required) }

  func leaf(_ repetition: Int) -> [Int: Thrift] {
    Forged.leaf("c", type.rawValue, repetition, length: type == .fixedLengthByteArray ? width : nil)
  }

  /// Few different ones at times, and runs of equal ones.
  func values(_ count: Int, _ random: inout SeededRandom) -> [[UInt8]] {
    let pool = (0..<Int.random(in: 1...300, using: &random)).map { _ in value(&random) }
    var values: [[UInt8]] = []
    while values.count < count {
      let run = Bool.random(using: &random) ? 1 : Int.random(in: 1...40, using: &random)
      let value = pool.randomElement(using: &random) ?? []
      values += Array(repeating: value, count: min(run, count - values.count))
    }
    return values
  }

  private func value(_ random: inout SeededRandom) -> [UInt8] {
    if type == .boolean { return [UInt8.random(in: 0...1, using: &random)] }
    let width = width ?? Int.random(in: 0...20, using: &random)
    let isSmall = Bool.random(using: &random)
    return (0..<width).map { isSmall && $0 > 0 ? 0 : UInt8.random(in: 0...255, using: &random) }
  }

  /// The dictionary page that belongs to them, and they themselves.
  func encode(_ values: [[UInt8]]) -> (dictionary: [[UInt8]]?, bytes: [UInt8]) {
    switch encoding {
    case 3:
      let runs = Encoded.runs(values.map { Int($0[0]) }, width: 1)
      return (nil, littleEndian(UInt32(runs.count)) + runs)
    case 5: return (nil, Encoded.deltas(values.map(integer)))
    case 6: return (nil, Encoded.deltaLengths(values))
    case 7: return (nil, Encoded.deltaBytes(values))
    case 9: return (nil, Encoded.split(values))
    case 2, 8:
      let dictionary = Array(Set(values)).sorted { $0.lexicographicallyPrecedes($1) }
      let places = Dictionary(uniqueKeysWithValues: dictionary.enumerated().map { ($1, $0) })
      let width = max(1, Int.bitWidth - max(dictionary.count - 1, 0).leadingZeroBitCount)
      return (dictionary, [UInt8(width)] + Encoded.runs(values.map { places[$0] ?? 0 }, width: width))
    default: return (nil, plain(values))
    }
  }

  func plain(_ values: [[UInt8]]) -> [UInt8] {
    switch type {
    case .boolean: Encoded.packed(values.map { UInt64($0[0]) }, width: 1)
    case .byteArray: Encoded.lengthsAndBytes(values)
    default: Array(values.joined())
    }
  }

  private func integer(_ bytes: [UInt8]) -> Int64 {
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return bytes.count == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
  }
}
