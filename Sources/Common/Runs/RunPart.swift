package import Records

/// Some records of one object, decoded, in line order, one behind the other: what a fold works on.
///
/// They are without pointers: in memory and in a file they are the same.
package struct RunPart: BitwiseCopyable, @unchecked Sendable {
  package let bytes: UnsafeRawBufferPointer
  /// In the records' order: of each with an id that, of each that speaks of a group or deletes one that.
  package let mentions: UnsafeBufferPointer<RunMention>
  let nameBytes: UnsafeRawBufferPointer

  /// A record's number in its run is that of its part, then where it begins in the part in units of 8 bytes, of so many bits.
  package static let offsetBits = 23
  /// What a part holds, in bytes, before the next one is begun. With one record more it is far below 64 MiB.
  static let fullSize = 8 << 20
  static let mostPlace: UInt32 = 1 << offsetBits - 1
  static let mostParts = 1 << 14

  package static func number(part: Int, offset: Int) -> Int { part << offsetBits | offset >> 3 }

  package var names: PartNames { PartNames(nameBytes) }

  /// Nil where there is none.
  package func record(at offset: Int) -> RunRecord? { RunRecord(bytes, at: offset) }

  /// Every record, and where it begins. What is damaged ends it.
  package func forEach(_ body: (_ offset: Int, RunRecord) -> Void) {
    var offset = 0
    while let record = RunRecord(bytes, at: offset) {
      body(offset, record)
      offset += record.size
    }
  }
}

/// A malformed record: its line, or its row, from 1, and why.
package struct BadRecord: Equatable, Sendable {
  package var line: Int
  package var unit: RecordUnit
  package let reason: String

  package init(line: Int, unit: RecordUnit = .line, reason: String) {
    self.line = line
    self.unit = unit
    self.reason = reason
  }

  /// `line 5: not a JSON object`
  package var text: String { "\(unit.rawValue) \(line): \(reason)" }
}
