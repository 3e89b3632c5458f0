/// Who a record speaks of, and where it lies; 16 bytes. They stand in a row, and so those who look for some records needn't
/// touch all of them.
package struct RunMention: BitwiseCopyable, Sendable {
  /// The KeyHash of the id or the group.
  package let hash: UInt64
  /// Where the record begins in the part, in units of 8 bytes.
  private let place: UInt32
  private let rawKind: UInt16
  private let deletes: UInt16

  init(_ kind: KeyKind, _ key: UnsafeRawBufferPointer, offset: Int, isDelete: Bool) {
    hash = KeyHash.hash(kind, key)
    place = UInt32(truncatingIfNeeded: offset >> 3)
    rawKind = UInt16(truncatingIfNeeded: kind.rawValue)
    deletes = isDelete ? 1 : 0
  }

  package var kind: KeyKind { KeyKind(rawValue: UInt64(rawKind)) ?? .id }
  /// Whether the record deletes what it speaks of.
  package var isDelete: Bool { deletes != 0 }
  /// The record's number in its run, of which this is a part.
  package func number(part: Int) -> Int {
    RunPart.number(part: part, offset: Int(place & RunPart.mostPlace) << 3)
  }
}
