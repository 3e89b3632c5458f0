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
}
