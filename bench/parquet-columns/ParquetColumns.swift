internal import Bytes
internal import Glibc
internal import Parquet

/// parquet-columns [-s] FILE [COLUMN...]: decodes columns, all of them where none is named, batch by batch, and prints of
/// each how many entries and values it has; with -s also a sum that depends on each of its values, which takes time of
/// its own. Last it prints the CPU seconds from opening the file on.
@main
struct ParquetColumns {
  static func main() {
    let start = clock()
    var arguments = Array(CommandLine.arguments.dropFirst())
    let sums = arguments.first == "-s"
    if sums { arguments.removeFirst() }
    guard let name = arguments.first else { return stop("usage: parquet-columns [-s] FILE [COLUMN...]") }
    do {
      let file = try ParquetFile(OpenFile(name))
      for leaf in file.schema.leaves {
        let column = leaf.path.joined(separator: ".")
        guard arguments.count == 1 || arguments.dropFirst().contains(column) else { continue }
        print(column, try total(of: leaf, in: file, sums: sums))
      }
    } catch { stop("parquet-columns: cannot read \(name): \(error)") }
    print("CPU", Double(clock() - start) / Double(CLOCKS_PER_SEC))
  }

  private static func total(of leaf: Leaf, in file: ParquetFile, sums: Bool) throws(ParquetError)
    -> ColumnTotal
  {
    let batch = ColumnBatch()
    var total = ColumnTotal()
    for group in file.rowGroups.indices {
      let reader = try ColumnReader(file, leaf: leaf.index, rowGroup: group)
      while try reader.read(4096, into: batch) {
        total.count(batch)
        if sums { total.add(batch) }
      }
    }
    return total
  }

  private static func stop(_ line: String) {
    print(line)
    exit(65)
  }
}
