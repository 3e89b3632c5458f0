internal import Bytes
internal import Failures
internal import Files
internal import Synchronization

/// Writes a run part by part, so that no more than a part of it is ever in memory. The format is drawn in RunFormat.swift.
///
/// Several threads can append parts, which lie in the file as they came; the table has them in their order. The first part
/// is to come first: a run of one part, as most are, is read without a look at its table.
final class RunWriter: @unchecked Sendable {
  private struct Entry {
    let number: Int
    let offset: Int
    let count: Int
    let records: Int
    let checksum: UInt32
    let mentions: Int
    let names: Int
  }

  private let file: TemporaryFile
  private let name: String
  private let lock = Mutex(())
  private var offset = 0
  private var entries: [Entry] = []

  /// Whether the parts need checksums.
  private let isKept: Bool

  /// The file is in `directory`, under a temporary name. `isKept`: whether it gets another one.
  init(in directory: Directory, isKept: Bool) throws(Failure) {
    self.isKept = isKept
    file = try TemporaryFile(in: directory)
    name = directory.full(file.name)
  }

  /// Parts are ordered by their numbers. Each begins at a multiple of 8.
  func append(_ part: RunPart, number: Int, records: Int) throws(Failure) {
    let pieces = [part.bytes, UnsafeRawBufferPointer(part.mentions), part.nameBytes]
    let checksum = isKept ? pieces.reduce(0) { CRC32.checksum($1, after: $0) } : 0
    let count = pieces.reduce(0) { $0 + $1.count }
    var start = lock.withLock { _ in
      defer { offset += (count + 7) & ~7 }
      entries.append(
        Entry(
          number: number, offset: offset, count: count, records: records, checksum: checksum,
          mentions: part.mentions.count, names: part.nameBytes.count))
      return offset
    }
    for piece in pieces {
      try FileIO.writeAll(file.descriptor, piece, at: start, name: name)
      start += piece.count
    }
  }

  private func writeTable(to table: inout Pile<UInt8>) {
    for entry in entries.sorted(by: { $0.number < $1.number }) {
      table.append(integer: UInt64(entry.offset))
      table.append(integer: UInt32(entry.count))
      table.append(integer: UInt32(entry.records))
      table.append(integer: entry.checksum)
      table.append(integer: UInt32(entry.mentions))
      table.append(integer: UInt32(entry.names))
      table.append(integer: UInt32(0))
    }
  }

  /// Ends the run, still under its temporary name; maps it.
  func finish(_ identity: RunIdentity, bad: [BadRecord]) throws(Failure) -> Run {
    let tableStart = offset
    var table = Pile<UInt8>()
    writeTable(to: &table)
    for record in bad {
      let reason = Array(record.reason.utf8)
      table.append(integer: UInt64(record.line) | (record.unit == .row ? RunFormat.row : 0))
      table.append(integer: UInt32(reason.count))
      reason.withUnsafeBytes { table.append($0) }
    }
    let footer = table.count
    table.append(integer: UInt64(tableStart))
    table.append(integer: UInt64(tableStart + footer + RunFormat.footerLength))
    table.append(integer: UInt32(entries.count))
    table.append(integer: UInt32(bad.count))
    table.append(integer: identity.high)
    table.append(integer: identity.low)
    table.append(integer: CRC32.checksum(table.bytes))
    table.append(integer: RunFormat.version)
    table.append(integer: UInt64(0))
    RunFormat.endMagic.withUnsafeBytes { table.append($0) }
    try FileIO.writeAll(file.descriptor, table.bytes, at: tableStart, name: name)
    return try Run(MappedFile(file.descriptor, name: name), identity, name: name)
  }

  /// Gives the run its name. It is not synced: after a power cut its checksums tell whether it is whole.
  func keep(as final: String) throws(Failure) { try file.rename(to: final) }
}

extension Pile<UInt8> {
  mutating func append<T: FixedWidthInteger>(integer: T) {
    withUnsafeBytes(of: integer.littleEndian) { append($0) }
  }
}
