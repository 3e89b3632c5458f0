/// The values of one column in one row group, a batch after the other.
package final class ColumnReader {
  package let leaf: Leaf
  private var pages: PageReader
  private var values: ValueReader
  private var repetitions: LevelReader
  private var definitions: LevelReader
  /// Entries that are still to come, in all and of this page.
  private var left: Int
  private var leftInPage = 0
  private var isFirst = true

  /// `leaf` is an index in `schema.leaves`.
  package convenience init(_ file: ParquetFile, leaf: Int, rowGroup: Int) throws(ParquetError) {
    try self.init(file, leaf: leaf, rowGroup: rowGroup, from: nil)
  }

  /// `bytes` are those of that row group, of this column among others.
  package init(_ file: ParquetFile, leaf: Int, rowGroup: Int, from bytes: RowGroupBytes?) throws(ParquetError)
  {
    guard file.schema.leaves.indices.contains(leaf), file.rowGroups.indices.contains(rowGroup) else {
      throw .damaged("it has no such column")
    }
    self.leaf = file.schema.leaves[leaf]
    let chunk = try file.rowGroups[rowGroup].columns[leaf].pages(of: self.leaf)
    let held = bytes?.holding(chunk.range)
    pages = PageReader(self.leaf, chunk.codec, ChunkBytes(file, chunk, held: held))
    values = ValueReader(self.leaf)
    repetitions = LevelReader(0, UnsafeRawBufferPointer(start: nil, count: 0))
    definitions = repetitions
    left = chunk.entries
  }

  /// Decodes the next entries of the column, at most `limit` and at least one, into the batch, whose old content is
  /// gone; false at the end, where the batch is empty. A batch ends with its page at the latest. After an error there is
  /// nothing more to read.
  package func read(_ limit: Int, into batch: ColumnBatch) throws(ParquetError) -> Bool {
    batch.leaf = leaf
    batch.entries = 0
    batch.count = 0
    while leftInPage == 0 {
      guard left > 0 else { return false }
      try beginPage()
    }
    let count = min(max(limit, 1), leftInPage, values.most)
    do { try decode(count, into: batch) } catch { throw pages.error(error) }
    leftInPage -= count
    left -= count
    return true
  }

  private func decode(_ count: Int, into batch: ColumnBatch) throws(Damage) {
    if leaf.maxRepetition > 0 {
      let levels = try batch.repetitionMemory.reserve(count, of: UInt8.self)
      _ = try repetitions.read(count, into: levels)
      guard !isFirst || levels[0] == 0 else { throw .damaged("begins in the middle of a row") }
    }
    isFirst = false
    var present = count
    if leaf.maxDefinition > 0 {
      present = try definitions.read(count, into: batch.definitionMemory.reserve(count, of: UInt8.self))
    }
    try values.read(present, into: &batch.values)
    batch.entries = count
    batch.count = present
  }

  private func beginPage() throws(ParquetError) {
    guard let page = try pages.next() else {
      throw .damaged("\(leaf.title) ends before the last of its values")
    }
    do {
      switch page {
      case .dictionary(let entries, let bytes): try values.begin(dictionary: entries, bytes)
      case .data(let page): try begin(page)
      }
    } catch { throw pages.error(error) }
  }

  private func begin(_ page: DataPage) throws(Damage) {
    guard page.entries <= left else { throw .damaged("has more values than its column chunk") }
    try values.begin(page.encoding, page.values)
    repetitions = page.repetitions
    definitions = page.definitions
    leftInPage = page.entries
  }
}
