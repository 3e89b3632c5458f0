internal import Bytes
internal import Glibc
internal import Parquet

/// parquet-columns [-s|-c] FILE [COLUMN...]: decodes columns, all of them where none is named, batch by batch, and prints
/// of each how many entries and values it has, with -s also a sum that depends on each of its values, with -c how many
/// bytes it has when it is copied together. Does so twice, and prints last the CPU seconds that the second time took, from
/// opening the file on: memory that the system had to find is there by then.
@main
struct ParquetColumns {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let work = arguments.first.flatMap(Work.init) ?? .decode
    if work != .decode { arguments.removeFirst() }
    guard let name = arguments.first else {
      return stop("usage: parquet-columns [-s|-c] FILE [COLUMN...]")
    }
    var columns = Columns(named: Set(arguments.dropFirst()), work)
    do {
      _ = try columns.read(name)
      let start = clock()
      let lines = try columns.read(name)
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      for line in lines { print(line) }
      print("CPU", seconds)
    } catch { stop("parquet-columns: cannot read \(name): \(error)") }
  }

  private static func stop(_ line: String) {
    print(line)
    exit(65)
  }
}

enum Work: String { case decode, sum = "-s", copy = "-c" }

/// The columns of a file, read one after the other.
private struct Columns: ~Copyable {
  private let names: Set<String>
  private let work: Work
  private let batch = ColumnBatch()
  private var copy = ColumnCopy()

  /// All of them where none is named.
  init(named names: Set<String>, _ work: Work) {
    self.names = names
    self.work = work
  }

  mutating func read(_ name: String) throws -> [String] {
    let file = try ParquetFile(OpenFile(name))
    var lines: [String] = []
    for leaf in file.schema.leaves {
      let column = leaf.path.joined(separator: ".")
      if names.isEmpty || names.contains(column) {
        lines.append("\(column) \(try total(of: leaf, in: file))")
      }
    }
    return lines
  }

  private mutating func total(of leaf: Leaf, in file: ParquetFile) throws(ParquetError) -> ColumnTotal {
    var total = ColumnTotal()
    copy.clear()
    for group in file.rowGroups.indices {
      let reader = try ColumnReader(file, leaf: leaf.index, rowGroup: group)
      while try reader.read(4096, into: batch) {
        total.count(batch)
        switch work {
        case .decode: break
        case .sum: total.add(batch)
        case .copy: copy.add(batch, leaf)
        }
      }
    }
    total.add(bytes: copy.count)
    return total
  }
}
