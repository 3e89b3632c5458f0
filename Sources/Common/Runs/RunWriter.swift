internal import Bytes
internal import Failures
internal import Files

/// Writes a run part by part, so that no more than a part of it is ever in memory. The format is drawn in RunFormat.swift.
final class RunWriter {
  private let file: TemporaryFile
  private let name: String
  private var offset = 0
  private var parts = 0
  private var table = Pile<UInt8>()

  /// The file is in `directory`, under a temporary name.
  init(in directory: Directory) throws(Failure) {
    file = try TemporaryFile(in: directory)
    name = directory.full(file.name)
  }

  /// Records are whole multiples of 8, and so is a part.
  func append(_ part: RunPart, records: Int) throws(Failure) {
    let mentions = UnsafeRawBufferPointer(part.mentions)
    let size = part.bytes.count + mentions.count
    table.append(integer: UInt64(offset))
    table.append(integer: UInt32(size))
    table.append(integer: UInt32(records))
    table.append(integer: CRC32.checksum(mentions, after: CRC32.checksum(part.bytes)))
    table.append(integer: UInt32(part.mentions.count))
    table.append(integer: UInt64(0))
    try FileIO.writeAll(file.descriptor, part.bytes, name: name)
    try FileIO.writeAll(file.descriptor, mentions, name: name)
    offset += size
    parts += 1
  }

  /// Ends the run, still under its temporary name; maps it.
  func finish(_ identity: RunIdentity, bad: [BadRecord]) throws(Failure) -> Run {
    let tableStart = offset
    for record in bad {
      let reason = Array(record.reason.utf8)
      table.append(integer: UInt64(record.line))
      table.append(integer: UInt32(reason.count))
      reason.withUnsafeBytes { table.append($0) }
    }
    let footer = table.count
    table.append(integer: UInt64(tableStart))
    table.append(integer: UInt64(tableStart + footer + RunFormat.footerLength))
    table.append(integer: UInt32(parts))
    table.append(integer: UInt32(bad.count))
    table.append(integer: identity.high)
    table.append(integer: identity.low)
    table.append(integer: CRC32.checksum(table.bytes))
    table.append(integer: RunFormat.version)
    table.append(integer: UInt64(0))
    RunFormat.endMagic.withUnsafeBytes { table.append($0) }
    try FileIO.writeAll(file.descriptor, table.bytes, name: name)
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
