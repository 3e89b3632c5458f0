package import Fields
internal import Records
internal import Threads

/// Decodes objects, each on any thread.
package struct RecordDecoding: Sendable {
  let fields: Fields
  /// For each field, whether it is of group scope.
  private let isShared: [Bool]
  let skipBad: Int

  /// An object is given up at the malformed record behind the first `skipBad` ones.
  package init(fields: Fields, skipBad: Int) {
    self.fields = fields
    self.skipBad = skipBad
    isShared = fields.all.map { $0.scope == .group }
  }

  /// What was made of a piece of an object.
  struct Decoded: Sendable {
    var parts: [PartBuilder] = []
    /// The malformed records, in line order; the lines are those of the piece.
    var bad: [BadRecord] = []
    var lines = 0
    /// Why it was not read to its end; nil where it was, or where its malformed records were too many.
    var failure: RecordError?
  }

  /// Decodes whole lines.
  func decode(_ lines: UnsafeRawBufferPointer) -> Decoded {
    var reader = RecordReader(lines: lines, fields: fields)
    var decoded = Decoded()
    // Records take about as much as their lines.
    let usual = min(lines.count + lines.count / 8, RunPart.fullSize)
    var part = PartBuilder(reserving: usual)
    while decoded.failure == nil, decoded.bad.count <= skipBad {
      do throws(RecordError) {
        guard try reader.next() else { break }
        append(reader, to: part)
        if part.isFull {
          decoded.parts.append(part)
          part = PartBuilder(reserving: usual)
        }
      } catch .malformed(let line, let reason) {
        decoded.bad.append(BadRecord(line: line, reason: reason))
      } catch {
        decoded.failure = error
      }
    }
    if part.records > 0 { decoded.parts.append(part) }
    decoded.lines = reader.line
    return decoded
  }

  private func append(_ reader: borrowing RecordReader, to part: PartBuilder) {
    part.begin()
    var header = RunRecord.Header()
    header.idCount = keep(reader.id, part)
    if fields.group == nil {
      header.groupCount = header.idCount
      header.flags = RunRecord.groupIsID
    } else {
      header.groupCount = keep(reader.group, part)
    }
    if reader.isDelete {
      header.flags |= RunRecord.delete
    } else if appendValues(reader, to: part) {
      header.flags |= RunRecord.speaksOfGroup
    }
    mention(reader, speaksOfGroup: header.flags & RunRecord.speaksOfGroup != 0, in: part)
    part.end(header)
  }

  private func mention(_ reader: borrowing RecordReader, speaksOfGroup: Bool, in part: PartBuilder) {
    let group = fields.group == nil ? reader.id : reader.group
    if let id = reader.id {
      part.mention(.id, id, isDelete: reader.isDelete)
    } else if let group, reader.isDelete {
      part.mention(.groupDelete, group, isDelete: true)
    }
    if let group, speaksOfGroup { part.mention(.group, group, isDelete: false) }
  }

  /// Whether one of them is of group scope.
  private func appendValues(_ reader: borrowing RecordReader, to part: PartBuilder) -> Bool {
    var speaksOfGroup = false
    for field in isShared.indices {
      let place = UInt16(truncatingIfNeeded: field)
      switch reader.value(field) {
      case .absent: continue
      case .null: part.append(RunValue(bits: 0, count: 0, field: place, kind: .null))
      case .number(let number):
        part.append(RunValue(bits: number.bitPattern, count: 0, field: place, kind: .number))
      case .json(let json):
        let offset = UInt64(truncatingIfNeeded: part.textCount)
        part.append(RunValue(bits: offset, count: json.count, field: place, kind: .json))
        part.append(json)
      }
      if isShared[field] { speaksOfGroup = true }
    }
    return speaksOfGroup
  }

  /// Keys are at most 32,766 bytes.
  private func keep(_ bytes: UnsafeRawBufferPointer?, _ part: PartBuilder) -> UInt16 {
    guard let bytes else { return 0 }
    part.append(bytes)
    return UInt16(truncatingIfNeeded: bytes.count)
  }
}
