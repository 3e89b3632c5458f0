package import Fields
package import Records
internal import Threads

/// Decodes objects, each on any thread.
package struct RecordDecoding: Sendable {
  let fields: Fields
  /// All but the id and the group, and whether they are of group scope.
  private let values: [(field: Int, isShared: Bool)]
  let skipBad: Int
  private let keepsLines: Bool

  /// An object is given up at the malformed record behind the first `skipBad` ones. `keepsLines`: whether a record says which
  /// line of its piece it was.
  package init(fields: Fields, skipBad: Int, keepsLines: Bool = false) {
    self.fields = fields
    self.skipBad = skipBad
    self.keepsLines = keepsLines
    values = fields.all.enumerated().filter { $0.offset != fields.id && $0.offset != fields.group }
      .map { ($0.offset, $0.element.scope == .group) }
  }

  /// What was made of a piece of an object.
  package struct Decoded: Sendable {
    package fileprivate(set) var parts: [PartBuilder] = []
    /// The malformed records, in line order; the lines are those of the piece.
    package fileprivate(set) var bad: [BadRecord] = []
    package fileprivate(set) var lines = 0
    /// Why it was not read to its end; nil where it was, or where its malformed records were too many.
    package fileprivate(set) var failure: RecordError?
  }

  /// Decodes a piece of an object.
  package func decode(_ piece: any RecordPiece, hasOwnLines: Bool) -> Decoded {
    var reader = RecordReader(
      lines: UnsafeRawBufferPointer(start: nil, count: 0), fields: fields, hasOwnLines: hasOwnLines)
    // Records take about as much as their lines.
    let usual = min(piece.size + piece.size / 8, RunPart.fullSize)
    var decoded = Decoded()
    var part = PartBuilder(reserving: usual)
    do throws(RecordError) {
      try piece.read { content in
        switch content {
        case .lines(let lines):
          reader.go(on: lines)
          decode(&reader, &decoded, &part, usual)
        case .malformed(let line, let reason): decoded.bad.append(BadRecord(line: line, reason: reason))
        }
        return decoded.failure == nil && decoded.bad.count <= skipBad
      }
    } catch { decoded.failure = decoded.failure ?? error }
    if part.records > 0 { decoded.parts.append(part) }
    decoded.lines = reader.line
    return decoded
  }

  /// Decodes the lines that the reader has.
  private func decode(
    _ reader: inout RecordReader, _ decoded: inout Decoded, _ part: inout PartBuilder, _ usual: Int
  ) {
    while decoded.failure == nil, decoded.bad.count <= skipBad {
      do throws(RecordError) {
        guard try reader.next() else { return }
        append(reader, to: part, line: keepsLines ? reader.line : 0)
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
  }

  func append(_ reader: borrowing RecordReader, to part: PartBuilder, line: Int) {
    let (id, isDelete) = (reader.id, reader.isDelete)
    let group = fields.group == nil ? id : reader.group
    part.begin()
    let speaksOfGroup = !isDelete && appendValues(reader, to: part)
    var header = RunRecord.Header()
    header.line = UInt32(clamping: line)
    header.idCount = keep(id, part)
    if fields.group == nil {
      header.groupCount = header.idCount
      header.flags = RunRecord.groupIsID
    } else {
      header.groupCount = keep(group, part)
    }
    if isDelete { header.flags |= RunRecord.delete } else { appendContents(reader, to: part) }
    if speaksOfGroup { header.flags |= RunRecord.speaksOfGroup }
    if let id {
      part.mention(.id, id, isDelete: isDelete)
    } else if let group, isDelete {
      part.mention(.groupDelete, group, isDelete: true)
    }
    if let group, speaksOfGroup { part.mention(.group, group, isDelete: false) }
    part.end(header)
  }

  /// Whether one of them is of group scope.
  private func appendValues(_ reader: borrowing RecordReader, to part: PartBuilder) -> Bool {
    var speaksOfGroup = false
    for (field, isShared) in values {
      switch reader.value(field) {
      case .absent: continue
      case .null: part.append(.null(field))
      case .number: part.append(.number(field))
      case .json(let json): part.append(.json(field, json.count))
      }
      if isShared { speaksOfGroup = true }
    }
    return speaksOfGroup
  }

  private func appendContents(_ reader: borrowing RecordReader, to part: PartBuilder) {
    for (field, _) in values {
      switch reader.value(field) {
      case .absent, .null: continue
      case .number(let number): part.append(number)
      case .json(let json): part.append(json)
      }
    }
  }

  /// Keys are at most 32,766 bytes.
  private func keep(_ bytes: UnsafeRawBufferPointer?, _ part: PartBuilder) -> UInt16 {
    guard let bytes else { return 0 }
    part.append(bytes)
    return UInt16(truncatingIfNeeded: bytes.count)
  }
}
