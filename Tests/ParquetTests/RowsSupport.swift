import Bytes
import Failures
import JSON
import ParquetForge
import Synchronization

@testable import Parquet

/// An entry of a column: its repetition and definition levels, and its value where it has one.
typealias Entry<Value> = (repetition: Int, definition: Int, value: Value?)

/// Columns of pages in version 1 and PLAIN, with no more than `perPage` rows in each page.
enum RowColumn {
  static func ints(_ entries: [Entry<Int>], repetition: Int = 0, definition: Int = 0, perPage: Int = 1000)
    -> ForgedColumn
  {
    column(1, entries.map { ($0, $1, $2.map { littleEndian(Int32($0)) }) }, repetition, definition, perPage)
  }

  static func longs(_ entries: [Entry<Int64>], definition: Int = 0) -> ForgedColumn {
    column(2, entries.map { ($0, $1, $2.map(littleEndian)) }, 0, definition, 1000)
  }

  static func texts(_ entries: [Entry<String>], repetition: Int = 0, definition: Int = 0, perPage: Int = 1000)
    -> ForgedColumn
  {
    let values = entries.map { ($0, $1, $2.map { littleEndian(UInt32($0.utf8.count)) + Array($0.utf8) }) }
    return column(6, values, repetition, definition, perPage)
  }

  /// Of a required column.
  static func ints(_ values: [Int]) -> ForgedColumn { ints(values.map { (0, 0, $0) }) }
  static func longs(_ values: [Int64]) -> ForgedColumn { longs(values.map { (0, 0, $0) }) }
  static func texts(_ values: [String]) -> ForgedColumn { texts(values.map { (0, 0, $0) }) }

  static func column(
    _ type: Int, _ entries: [Entry<[UInt8]>], _ repetition: Int, _ definition: Int, _ perPage: Int
  ) -> ForgedColumn {
    var pages: [[Entry<[UInt8]>]] = []
    var rows = 0
    for entry in entries {
      if entry.repetition == 0 { rows += 1 }
      if pages.isEmpty || (entry.repetition == 0 && rows % perPage == 0) { pages.append([]) }
      pages[pages.count - 1].append(entry)
    }
    let forged = pages.map { page in
      var levels: [UInt8] = []
      if repetition > 0 { levels += ForgedPage.levels(page.map(\.repetition), greatest: repetition) }
      if definition > 0 { levels += ForgedPage.levels(page.map(\.definition), greatest: definition) }
      return ForgedPage.data(page.count, encoding: 0, levels: levels, page.flatMap { $0.value ?? [] })
    }
    return ForgedColumn(type: type, entries: entries.count, forged)
  }
}

/// The lines of all row groups, taken so many bytes at a time.
func lines(_ bytes: any RandomBytes, _ selection: RowSelection = RowSelection(), size: Int = 1000) throws
  -> [String]
{
  let file = try ParquetFile(bytes)
  var lines: [String] = []
  for group in file.rowGroups.indices {
    let reader = try RowReader(file, rowGroup: group, selection)
    var text = JSONText()
    while try reader.append(to: &text, until: text.count + size) {}
    lines += String(decoding: text.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .dropLast().map(String.init)
  }
  return lines
}

func lines(_ file: ForgedFile, _ selection: RowSelection = RowSelection(), size: Int = 1000) throws
  -> [String]
{
  try lines(ArrayBytes(file.bytes), selection, size: size)
}

/// Bytes of a file, and how many of them have been read.
final class CountedBytes: RandomBytes {
  private let bytes: ArrayBytes
  private let total = Mutex(0)

  init(_ file: ForgedFile) { bytes = ArrayBytes(file.bytes) }

  var count: Int { bytes.count }
  var read: Int { total.withLock { $0 } }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    total.withLock { $0 += buffer.count }
    try bytes.read(at: offset, into: buffer)
  }
}
