package import Bytes
package import Fields
internal import Records

/// Decodes objects, one at a time, each on any thread.
package struct RecordDecoding: Sendable {
  private let fields: Fields
  /// For each field, whether it is of group scope.
  private let isShared: [Bool]
  private let skipBad: Int

  /// An object is given up at the malformed record behind the first `skipBad` ones.
  package init(fields: Fields, skipBad: Int) {
    self.fields = fields
    self.skipBad = skipBad
    isShared = fields.all.map { $0.scope == .group }
  }

  /// `name` decides the compression where it ends in .gz or .zst.
  package func decode(_ source: any ByteSource, name: String) -> DecodedObject {
    var reader = RecordReader(source, name: name, fields: fields)
    var text = Pile<UInt8>()
    var records = Pile<DecodedRecord>()
    var values = Pile<DecodedValue>()
    var bad: [BadRecord] = []
    var failure: RecordError?
    while failure == nil, bad.count <= skipBad {
      do throws(RecordError) {
        guard try reader.next() else { break }
        records.append(record(reader, &values, &text))
      } catch .malformed(let line, let reason) {
        bad.append(BadRecord(line: line, reason: reason))
      } catch {
        failure = error
      }
    }
    return DecodedObject(text: text, records: records, values: values, bad: bad, failure: failure)
  }

  private func record(
    _ reader: borrowing RecordReader, _ values: inout Pile<DecodedValue>, _ text: inout Pile<UInt8>
  ) -> DecodedRecord {
    let id = keep(reader.id, &text)
    let group = fields.group == nil ? id : keep(reader.group, &text)
    let first = values.count
    let speaksOfGroup = reader.isDelete ? false : append(reader, &values, &text)
    return DecodedRecord(
      id: id, group: group, firstValue: first, valueCount: values.count - first, isDelete: reader.isDelete,
      speaksOfGroup: speaksOfGroup)
  }

  /// Whether one of them is of group scope.
  private func append(
    _ reader: borrowing RecordReader, _ values: inout Pile<DecodedValue>, _ text: inout Pile<UInt8>
  ) -> Bool {
    var speaksOfGroup = false
    for field in isShared.indices {
      let place = UInt16(truncatingIfNeeded: field)
      switch reader.value(field) {
      case .absent: continue
      case .null: values.append(DecodedValue(bits: 0, count: 0, field: place, kind: .null))
      case .number(let number):
        values.append(DecodedValue(bits: number.bitPattern, count: 0, field: place, kind: .number))
      case .json(let json):
        let offset = UInt64(truncatingIfNeeded: text.count)
        values.append(
          DecodedValue(bits: offset, count: UInt32(clamping: json.count), field: place, kind: .json))
        text.append(json)
      }
      if isShared[field] { speaksOfGroup = true }
    }
    return speaksOfGroup
  }

  private func keep(_ bytes: UnsafeRawBufferPointer?, _ text: inout Pile<UInt8>) -> Piece {
    guard let bytes else { return .none }
    defer { text.append(bytes) }
    return Piece(offset: text.count, count: bytes.count)
  }
}
