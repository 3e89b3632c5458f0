import Bytes
import ParquetForge
import Testing

@testable import Parquet

// Not tested here: whether what a writer says is true.

/// The bounds that are believed of a column with those statistics.
private func bounds(_ leaf: [Int: Thrift], _ fields: [Int: Thrift]) throws -> [[UInt8]]? {
  guard case .int32(let type) = leaf[1] else { return nil }
  var column = ForgedColumn(type: type, entries: 0, [])
  column.metadata[12] = .structure(fields)
  let chunk = try ParquetFile(ArrayBytes(ForgedFile(leaf, rows: 0, column).bytes)).rowGroups[0].columns[0]
  guard let least = chunk.least, let greatest = chunk.greatest else { return nil }
  return [least, greatest]
}

private func old(_ least: [UInt8], _ greatest: [UInt8]) -> [Int: Thrift] {
  [1: .binary(greatest), 2: .binary(least)]
}
private func new(_ least: [UInt8], _ greatest: [UInt8]) -> [Int: Thrift] {
  [5: .binary(greatest), 6: .binary(least)]
}

@Suite struct `Statistics` {
  private let least = littleEndian(Int32(-5))
  private let greatest = littleEndian(Int32(7))

  @Test func `are given where their order is known`() throws {
    let both = [least, greatest]
    #expect(try bounds(Forged.leaf("c", 1), new(least, greatest)) == both)
    #expect(try bounds(Forged.leaf("c", 1), old(least, greatest)) == both)
    #expect(try bounds(Forged.leaf("c", 1, converted: 6), old(least, greatest)) == both)
    #expect(try bounds(Forged.leaf("c", 1), old([0], [1]).merging(new(least, greatest)) { $1 }) == both)
    #expect(try bounds(Forged.leaf("c", 6), new([65], [66, 67])) == [[65], [66, 67]])
    #expect(try bounds(Forged.leaf("c", 1, converted: 13), new(least, greatest)) == both)
  }

  @Test func `are not believed where they can be wrong`() throws {
    #expect(try bounds(Forged.leaf("c", 6), old([65], [66])) == nil)
    #expect(try bounds(Forged.leaf("c", 1, converted: 13), old(least, greatest)) == nil)
    #expect(try bounds(Forged.leaf("c", 3), new([0], [1])) == nil)
    #expect(try bounds(Forged.leaf("c", 7, length: 12, converted: 21), new([0], [1])) == nil)
    #expect(try bounds(Forged.leaf("c", 6, logical: [99: .empty]), new([0], [1])) == nil)
    #expect(try bounds(Forged.leaf("c", 1), new([0], greatest)) == nil)
    #expect(try bounds(Forged.leaf("c", 1), [5: .binary(greatest)]) == nil)
    let nan = littleEndian(Double.nan.bitPattern)
    #expect(try bounds(Forged.leaf("c", 5), new(nan, littleEndian(1.0.bitPattern))) == nil)
  }

  @Test func `say how many nulls there are`() throws {
    for (said, nulls) in [(3, 3), (-1, nil)] as [(Int, Int?)] {
      var column = ForgedColumn(type: 1, entries: 0, [])
      column.metadata[12] = .structure([3: .int64(said)])
      let file = ForgedFile(Forged.leaf("c", 1), rows: 0, column)
      #expect(try ParquetFile(ArrayBytes(file.bytes)).rowGroups[0].columns[0].nulls == nulls)
    }
  }
}
