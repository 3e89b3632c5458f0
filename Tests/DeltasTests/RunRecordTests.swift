import Testing

@testable import Runs

/// Records of runs whose headers lie. Not tested here: runs that are cut short or damaged (IncrementalTests, Tests/Pipes/36-work).
@Suite struct RunRecordTests {
  /// A record of 8 bytes of text and no values.
  private func record(_ change: (inout RunRecord.Header) -> Void) -> RunRecord? {
    var header = RunRecord.Header(textCount: 8, idCount: 3, groupCount: 5)
    change(&header)
    var bytes = withUnsafeBytes(of: header) { Array($0) }
    bytes += Array("idxgroup".utf8)
    return bytes.withUnsafeBytes { RunRecord($0, at: 0) }
  }

  @Test func `what is sound is read`() {
    #expect(record { _ in } != nil)
    #expect(record { ($0.idCount, $0.groupCount, $0.flags) = (8, 8, RunRecord.groupIsID) } != nil)
  }

  @Test func `names lie within the text`() {
    #expect(record { $0.idCount = 4 } == nil)
    #expect(record { $0.groupCount = 6 } == nil)
    #expect(record { ($0.idCount, $0.groupCount, $0.flags) = (3, .max, RunRecord.groupIsID) } == nil)
    #expect(record { ($0.idCount, $0.groupCount, $0.flags) = (9, 9, RunRecord.groupIsID) } == nil)
  }

  @Test func `text and values lie within the part`() {
    #expect(record { $0.textCount = 9 } == nil)
    #expect(record { $0.textCount = .max } == nil)
    #expect(record { $0.valueCount = 1 } == nil)
  }

  /// A part of records with these names, every other one a delete.
  private func part(_ names: [(id: String, group: String?)]) -> PartBuilder {
    let part = PartBuilder()
    for (number, (id, group)) in names.enumerated() {
      part.begin()
      var header = RunRecord.Header(
        idCount: UInt16(id.utf8.count), groupCount: UInt16((group ?? id).utf8.count))
      header.flags = (group == nil ? RunRecord.groupIsID : 0) | (number % 2 == 1 ? RunRecord.delete : 0)
      Array((id + (group ?? "")).utf8).withUnsafeBytes { part.append($0) }
      part.end(header)
    }
    return part
  }

  @Test func `names are those of the records, and none of the deletes`() {
    let part = part([("a", "group"), ("b", "group"), ("long id", nil), ("c", "g"), ("d", "e")])
    var (names, count) = (part.part.names, 0)
    part.part.forEach { offset, record in
      let found = names.names(at: offset)
      #expect((found == nil) == record.isDelete)
      guard let found else { return }
      count += 1
      #expect(Array(found.id) == record.id.map { Array($0) })
      #expect(Array(found.group) == record.group.map { Array($0) })
    }
    #expect(count == 3)
  }

  @Test func `names that are cut short are none`() {
    let part = part([("a", "group"), ("b", "group"), ("c", "group")])
    var offsets: [Int] = []
    part.part.forEach { offset, _ in offsets.append(offset) }
    for length in 0..<part.part.nameBytes.count {
      var names = PartNames(UnsafeRawBufferPointer(rebasing: part.part.nameBytes[..<length]))
      #expect((names.names(at: offsets[0]) != nil) == (length >= part.part.nameBytes.count / 2))
      #expect(names.names(at: offsets[2]) == nil)
    }
  }
}
