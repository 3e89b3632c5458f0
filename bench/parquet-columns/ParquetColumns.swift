internal import Bytes
internal import Failures
internal import Glibc
internal import Parquet

/// parquet-columns FILE [COLUMN...]: decodes columns, all of them where none is named, batch by batch, and prints of each
/// how many entries and values it has and a sum that depends on every one of its values. For bench/parquet.py and for whoever wants to see where time goes.
@main
struct ParquetColumns {
  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      guard let name = arguments.first else { throw ParquetError.damaged("usage: parquet-columns FILE [COLUMN...]") }
      let wanted = Set(arguments.dropFirst())
      let file = try ParquetFile(OpenFile(name))
      for leaf in file.schema.leaves where wanted.isEmpty || wanted.contains(leaf.path.joined(separator: ".")) {
        try decode(leaf, of: file)
      }
    } catch {
      print("parquet-columns: \(error)")
      exit(65)
    }
  }

  private static func decode(_ leaf: Leaf, of file: ParquetFile) throws {
    let batch = ColumnBatch()
    var sum = ColumnSum()
    for group in file.rowGroups.indices {
      let reader = try ColumnReader(file, leaf: leaf.index, rowGroup: group)
      while try reader.read(4096, into: batch) { sum.add(batch) }
    }
    print(leaf.path.joined(separator: "."), sum.entries, sum.values, sum.sum)
  }
}

struct ColumnSum {
  private(set) var entries = 0
  private(set) var values = 0
  private(set) var sum: UInt64 = 0

  mutating func add(_ batch: ColumnBatch) {
    entries += batch.entries
    values += batch.count
    for value in batch.booleans { sum &+= UInt64(value) }
    for value in batch.int32 { sum &+= UInt64(truncatingIfNeeded: value) }
    for value in batch.int64 { sum &+= UInt64(truncatingIfNeeded: value) }
    for value in batch.int96 { sum &+= UInt64(value.low) &+ UInt64(truncatingIfNeeded: value.julianDay) }
    for value in batch.float { sum &+= UInt64(value.bitPattern) }
    for value in batch.double { sum &+= value.bitPattern }
    for value in batch.bytes {
      sum &+= UInt64(value.count)
      if let last = value.bytes.last { sum &+= UInt64(last) }
    }
  }
}

/// A file, read where it is asked for.
struct OpenFile: RandomBytes {
  let count: Int
  private let descriptor: Int32

  init(_ name: String) throws(Failure) {
    descriptor = open(name, O_RDONLY)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "open", name) }
    count = Int(lseek(descriptor, 0, SEEK_END))
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
      guard count > 0 else { throw Failure(.badData, cannot: "read", "bytes", because: "they are cut short") }
      done += count
    }
  }
}
