/// Which document a record is of and in which group that is, read where it lies: the id, and the group, where it isn't the id.
///
/// It doesn't own its bytes: it is to be used only while its `Run` lives.
package struct RunNames: BitwiseCopyable, @unchecked Sendable {
  private let start: UnsafeRawPointer?
  private let idCount: UInt16
  /// 0 where the group is the id.
  private let groupCount: UInt16

  init(_ start: UnsafeRawPointer, idCount: UInt16, groupCount: UInt16) {
    self.start = start
    self.idCount = idCount
    self.groupCount = groupCount
  }

  /// Those of no record.
  package init() { (start, idCount, groupCount) = (nil, 0, 0) }

  package var id: UnsafeRawBufferPointer { .init(start: start, count: Int(idCount)) }
  package var group: UnsafeRawBufferPointer {
    if groupCount == 0 { return id }
    return .init(start: start.map { $0 + Int(idCount) }, count: Int(groupCount))
  }
}

/// The names of a part's records with an id, but for deletes: 8 bytes each, then the id and the group, one behind the other.
///
///     u32 where the record begins in the part, in units of 8 bytes, u16 bytes of the id, u16 of the group, 0 where it is the id
///
/// They stand in a row, and so to sort the documents the records needn't be touched.
package struct PartNames {
  struct Head: BitwiseCopyable {
    let place: UInt32
    let idCount: UInt16
    let groupCount: UInt16

    init(_ record: RunRecord.Header, offset: Int) {
      place = UInt32(truncatingIfNeeded: offset >> 3)
      idCount = record.idCount
      groupCount = record.flags & RunRecord.groupIsID != 0 ? 0 : record.groupCount
    }

    /// Of what follows.
    var size: Int { Int(idCount) + Int(groupCount) }
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Those of the record that begins there; nil where there are none. To be asked in the records' order.
  package mutating func names(at offset: Int) -> RunNames? {
    guard let base = bytes.baseAddress else { return nil }
    while at <= bytes.count - MemoryLayout<Head>.size {
      let head = base.loadUnaligned(fromByteOffset: at, as: Head.self)
      let start = at + MemoryLayout<Head>.size
      guard Int(head.place) << 3 <= offset, head.size <= bytes.count - start else { return nil }
      at = start + head.size
      if Int(head.place) << 3 == offset {
        return RunNames(base + start, idCount: head.idCount, groupCount: head.groupCount)
      }
    }
    return nil
  }
}
