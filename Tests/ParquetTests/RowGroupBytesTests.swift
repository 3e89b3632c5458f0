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

  @Test func `are requests of a sensible size`() {
    let mega = 1 << 20
    #expect(RowGroupBytes.requests([]) == [])
    #expect(RowGroupBytes.requests([10..<20, 0..<5, 20..<30]) == [0..<30])
    #expect(RowGroupBytes.requests([0..<10, mega..<mega + 1]) == [0..<10, mega..<mega + 1])
    #expect(RowGroupBytes.requests([0..<40 * mega, 40 * mega..<80 * mega]).count == 2)
    #expect(RowGroupBytes.requests([0..<100 * mega, 100 * mega..<101 * mega]) == [100 * mega..<101 * mega])
    #expect(RowGroupBytes.requests((0..<20).map { $0 * 60 * mega..<($0 + 1) * 60 * mega }).count == 2)
  }
}
