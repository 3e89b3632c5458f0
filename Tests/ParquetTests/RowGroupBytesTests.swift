import Bytes
import Failures
import ParquetForge
import Synchronization
import Testing

@testable import Parquet

// Not tested here: requests to S3 (Tests/Pipes/s3-parquet counts them).

/// Bytes that are far away, and count how often they are asked for.
private final class FarBytes: RandomBytes {
  let bytes: ArrayBytes
  let reads = Mutex<[Range<Int>]>([])

  init(_ bytes: [UInt8]) { self.bytes = ArrayBytes(bytes) }

  var count: Int { bytes.count }
  var isRemote: Bool { true }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    reads.withLock { $0.append(offset..<offset + buffer.count) }
    try bytes.read(at: offset, into: buffer)
  }
}

@Suite struct `The bytes of a row group` {
  private func forged() -> ForgedFile {
    let page = ForgedPage.data(1000, encoding: 0, Array(repeating: 1, count: 4000))
    let column = ForgedColumn(type: 1, entries: 1000, [page, page])
    let whole = (0..<6).map { _ in
      var column = column
      column.entries = 2000
      return column
    }
    return ForgedFile((0..<6).map { Forged.leaf("c\($0)", 1) }, groups: [.init(rows: 2000, columns: whole)])
  }

  @Test func `are one request where they lie near each other`() throws {
    let far = FarBytes(forged().bytes)
    let file = try ParquetFile(far)
    #expect(far.reads.withLock { $0.count } == 1)
    let bytes = try RowGroupBytes(file, rowGroup: 0, leaves: [4, 1, 2])
    let batch = ColumnBatch()
    for leaf in [1, 2, 4] {
      let reader = try ColumnReader(file, leaf: leaf, rowGroup: 0, from: bytes)
      var count = 0
      while try reader.read(600, into: batch) { count += batch.int32.filter { $0 == 0x0101_0101 }.count }
      #expect(count == 2000)
    }
    #expect(far.reads.withLock { $0.count } == 2)
  }

  @Test func `are asked for a chunk at a time without that`() throws {
    let far = FarBytes(forged().bytes)
    #expect(try column(ParquetFile(far), 3).values.count == 2000)
    #expect(far.reads.withLock { $0.count } == 2)
  }

  @Test func `are as many as the budget has, and else read in pieces`() throws {
    let budget = BufferBudget(bytes: 20_000)
    let far = FarBytes(forged().bytes)
    let file = try ParquetFile(far, budget: budget)
    do {
      let first = try RowGroupBytes(file, rowGroup: 0, leaves: [0, 1])
      let second = try RowGroupBytes(file, rowGroup: 0, leaves: [0, 1])
      #expect(far.reads.withLock { $0.count } == 2)
      for bytes in [first, second] {
        let reader = try ColumnReader(file, leaf: 1, rowGroup: 0, from: bytes)
        var count = 0
        while try reader.read(600, into: ColumnBatch()) { count += 1 }
        #expect(count == 4)
      }
      #expect(far.reads.withLock { $0.count } == 3)
      #expect(budget.take(1, of: 20_000) == 0)
    }
    #expect(budget.take(1, of: 20_000) == 1)
  }

  /// A column of one long page after the other.
  private func long(_ pages: Int) -> FarBytes {
    let page = ForgedPage.data(100_000, encoding: 0, Array(repeating: 1, count: 400_000))
    let column = ForgedColumn(type: 1, entries: 100_000 * pages, Array(repeating: page, count: pages))
    return FarBytes(ForgedFile(Forged.leaf("c", 1), rows: 100_000 * pages, column).bytes)
  }

  private func count(_ file: ParquetFile) throws -> Int {
    let reader = try ColumnReader(file, leaf: 0, rowGroup: 0)
    let batch = ColumnBatch()
    var count = 0
    while try reader.read(1000, into: batch) { count += batch.int32.count }
    return count
  }

  @Test(arguments: [(1 << 30, 8 << 20, 23), (5 << 20, 4 << 20, 14), (300_000, 1 << 20, 4)])
  func `are read in smaller pieces where the budget has less`(bytes: Int, most: Int, pages: Int) throws {
    let far = long(pages)
    let budget = BufferBudget(bytes: bytes)
    #expect(try count(ParquetFile(far, budget: budget)) == 100_000 * pages)
    let longest = far.reads.withLock { $0.dropFirst().map(\.count).max() } ?? 0
    #expect(longest <= most && longest > most / 2)
    #expect(budget.take(1, of: bytes) == 1)
  }

  @Test func `are requests of a sensible size`() {
    let mega = 1 << 20
    #expect(RowGroupBytes.requests([]) == [])
    #expect(RowGroupBytes.requests([10..<20, 0..<5, 20..<30]) == [0..<30])
    #expect(RowGroupBytes.requests([0..<10, mega..<mega + 1]) == [0..<10, mega..<mega + 1])
    #expect(RowGroupBytes.requests([0..<20 * mega, 20 * mega..<40 * mega]).count == 2)
    #expect(RowGroupBytes.requests([0..<40 * mega, 40 * mega..<41 * mega]) == [40 * mega..<41 * mega])
    #expect(RowGroupBytes.requests((0..<20).map { $0 * 30 * mega..<($0 + 1) * 30 * mega }).count == 2)
  }
}
