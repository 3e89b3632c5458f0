internal import JSON

/// The rows of a row group, and which of them are left out.
struct RowLines: ~Copyable {
  private let rows: Int
  /// The number in the file of the first row.
  private let firstRow: Int
  private var assembler: RowAssembler
  private var filter: RowFilter
  private let deleted: [Int]
  /// The place of the first of the deleted rows that may come yet.
  private var deletion: Int
  /// How many rows are done, and how many of these, the last, the assembler has not passed over.
  private var row = 0
  private var skipped = 0

  init(
    _ schema: Schema, _ group: RowGroup, _ selection: RowSelection, _ open: @escaping ColumnOpening
  ) throws(ParquetError) {
    let plan = try RowPlan(schema, selection)
    guard !plan.leaves.isEmpty || group.rows == 0 else { throw .damaged("it has rows, and no columns") }
    let filter = try RowFilter(selection, schema, group, open)
    guard !filter.isEmpty || group.isPlausible else {
      throw .damaged("a row group has fewer bytes than its \(group.rows) rows must have")
    }
    self.filter = filter
    assembler = RowAssembler(plan, row: group.firstRow, open)
    rows = group.rows
    firstRow = group.firstRow
    deleted = selection.deleted
    deletion = deleted.firstPlace(from: group.firstRow)
  }

  /// As `RowReader.append` says.
  mutating func append(to text: inout JSONText, until size: Int) throws(ParquetError) -> Bool {
    guard row < rows else { return false }
    repeat {
      let before = text.count
      do throws(ParquetError) {
        if try isWanted() { try assembler.append(to: &text, after: skipped) }
      } catch {
        text.truncate(to: before)
        throw error
      }
      skipped = text.count > before ? 0 : skipped + 1
      text.append(UInt8(ascii: "\n"))
      row += 1
    } while row < rows && text.count < size
    if row == rows, skipped == 0 { try assembler.finish() }
    return true
  }

  /// Whether the next row is. Each row must be asked for once.
  private mutating func isWanted() throws(ParquetError) -> Bool {
    let isInRange = try filter.next()
    while deletion < deleted.count, deleted[deletion] < firstRow + row { deletion += 1 }
    return isInRange && (deletion == deleted.count || deleted[deletion] != firstRow + row)
  }
}

extension RowGroup {
  /// Whether its columns have a byte for each 2^20 rows: where no column is read, nothing else tells that there are not as
  /// many as the footer says. Writers put no more than so many into a page.
  fileprivate var isPlausible: Bool {
    let bytes = columns.reduce(0) { $0 + ($1.range?.count ?? 0) }
    return rows >> 20 <= bytes
  }
}

extension [Int] {
  /// Where the first of ascending numbers stands that isn't less.
  fileprivate func firstPlace(from number: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
