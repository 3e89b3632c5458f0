import Bytes
import Failures
import Fields
import Glibc
import Seeded
import Testing

@testable import Segments

/// A segment is hostile: damage is found, and nothing that reads it traps, reads beyond it or allocates without bound.
///
/// The bytes lie right before a page that can't be read, so that reading beyond them ends the test process.
/// Not tested: a mapped file that another process cuts short (SIGBUS); only immutable files are mapped.
struct CorruptionTests {
  static let fields = testFields + [Field("maker", .group)]

  /// Every part, long lists with blocks and tails, multi-valued fields, in about 20 KB.
  static func whole(_ count: Int = 150) throws -> [UInt8] {
    try build(
      randomDocuments(count, groups: true, vocabulary: 6, seed: 11).map {
        var document = $0
        document.values["body"] = document.values["body"]?.map { String($0.prefix(60)) }
        document.stored = "{\"number\":\"\($0.id.count)\"}"
        return document
      }, fields: fields, groupTombstones: ["gone", "lost"], idTombstones: ["x"])
  }

  @Test func `every part is there to be damaged`() throws {
    let segment = try open(try Self.whole())
    #expect(Set(segment.parts.entries.map(\.kind)) == Set(PartKind.allCases.map(\.rawValue)))
    #expect(segment.verify() == [])
  }

  @Test func `every flipped bit is found`() throws {
    let bytes = GuardedBytes(try Self.whole(12))
    var unnoticed: [Int] = []
    let step = Sample.rounds(quick: 5, full: 1, long: 1)
    for bit in stride(from: 0, to: bytes.buffer.count * 8, by: step) {
      bytes.buffer[bit / 8] ^= 1 << UInt8(bit % 8)
      if Self.findings(bytes, exercising: bit % 64 == 0).isEmpty { unnoticed.append(bit) }
      bytes.buffer[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    #expect(unnoticed == [])
  }

  @Test func `every truncation is found`() throws {
    let bytes = try Self.whole(12)
    var unnoticed: [Int] = []
    for length in 0..<bytes.count where (try? open(Array(bytes[..<length]))) != nil {
      unnoticed.append(length)
    }
    #expect(unnoticed == [])
    #expect(throws: Failure.self) { try open(bytes + [0]) }
  }

  /// Damage in one part at a time whose checksums were made right again.
  @Test(arguments: PartKind.allCases)
  func `damage under right checksums never traps`(kind: PartKind) throws {
    let original = try Self.whole()
    var random = SeededRandom(UInt64(kind.rawValue))
    let table = try open(original).parts
    for _ in 0..<Sample.rounds(quick: 20, full: 100, long: 5000) {
      var bytes = original
      let entry = try #require(
        table.entries.filter { $0.kind == kind.rawValue }.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, in: entry.range, &random) }
      reseal(&bytes)
      _ = Self.findings(GuardedBytes(bytes))
    }
  }

  @Test func `a table of parts that lies never traps`() throws {
    let original = try Self.whole(20)
    var random = SeededRandom(99)
    let start = original.count - SegmentFormat.footerLength - 24 * (try open(original).parts.entries.count)
    for _ in 0..<Sample.rounds(quick: 120, full: 1000, long: 50_000) {
      var bytes = original
      mutate(&bytes, in: start..<original.count - 12, &random)
      reseal(&bytes)
      _ = Self.findings(GuardedBytes(bytes))
    }
  }

  /// The counts of a field without terms are bounded by nothing else in the file.
  @Test func `counts that add up to more than a number can hold never trap`() throws {
    var meta = SegmentMeta(try Fields(all: [Field("number", .id)]))
    (meta.columns[0].terms, meta.columns[0].postings) = (.max, .max)
    let parts = PartsWriter(in: try scratch())
    let finished = try parts.finish(meta, for: try scratch())
    let segment = try IndexView.Segment(open(finished.content()))
    let counts = try Statistics(IndexView(layers: [[segment], [segment]])).counts
    #expect(counts.first { $0.name == "postings" }?.count == .max)
  }

  @Test func `a newer format is named with both numbers`() throws {
    var bytes = try Self.whole(3)
    bytes[8] = 3
    #expect {
      try open(bytes)
    } throws: { error in
      let failure = error as? Failure
      return failure?.exit == .badData && failure?.message.contains("its format is 3") == true
        && failure?.message.contains("reads 2") == true
    }
  }

  @Test func `a finding names the part`() throws {
    var bytes = try Self.whole(3)
    let entry = try #require(try open(bytes).parts.entries.first { $0.kind == PartKind.norms.rawValue })
    bytes[entry.range.lowerBound] ^= 0x10
    let findings = try open(bytes).verify()
    #expect(findings.first == Finding(part: "norms of title", what: "its checksum is wrong"))
    #expect(findings.count > 1)
  }

  /// What opening and `verify` say, after all else that can be read was read.
  static func findings(_ bytes: GuardedBytes, exercising: Bool = true) -> [Finding] {
    do {
      let segment = try SegmentReader(UnsafeRawBufferPointer(bytes.buffer), owner: bytes, name: "x")
      let findings = segment.verify()
      if exercising { exercise(segment) }
      return findings
    } catch {
      return [Finding(failure: error, file: "x")]
    }
  }

  private static let queries = [
    "w0 w1 w2 w4", "+w0 +w1", "title:\"w0 w1\" wörd3", "+w0 -w1 brand:é", "price:0.. -id:x", "maker:g1",
  ].compactMap { try? Query(parsing: $0) }

  /// Searches it, below itself.
  private static func search(_ segment: SegmentReader) {
    var searcher = Searcher(IndexView(layers: [[.init(segment)], [.init(segment)]]))
    for query in queries { _ = try? searcher.best(query, limit: 3) }
  }

  /// Reads everything by every way, whatever comes of it.
  static func exercise(_ segment: SegmentReader) {
    search(segment)
    var stored = segment.stored
    for document in 0..<min(segment.documents, 40) {
      _ = try? segment.id(of: document)
      _ = try? segment.group(of: document)
      _ = try? segment.document(atPlace: document)
      _ = try? stored.document(document)
      for column in segment.numberColumns { _ = column?[document] }
    }
    for name in ["g1", "gone", "x", ""] {
      _ = try? segment.documents(inGroup: Array(name.utf8))
      _ = try? segment.document(id: Array(name.utf8))
      _ = try? segment.groupTombstone(Array(name.utf8))
    }
    for column in segment.termColumns.compactMap(\.self) {
      for term in ["w0", "w1", "wörd3", ""] {
        guard let entry = try? column.dictionary.find(Array(term.utf8)) else { continue }
        for step in [1, 7, 140] { try? walk(column, entry, step) }
      }
    }
  }

  private static func walk(_ column: TermColumn, _ entry: TermDictionary.Entry, _ step: Int) throws {
    var cursor = try PostingsCursor(column, entry)
    var positions: [UInt32] = []
    try cursor.next()
    while cursor.document != PostingsCursor.noDocument {
      _ = try cursor.shallowBlock(for: cursor.document + step)
      if column.hasPositions { try cursor.positions(into: &positions) }
      try cursor.advance(to: cursor.document + step)
    }
  }
}

/// Bytes with an unreadable page right behind them.
final class GuardedBytes {
  let buffer: UnsafeMutableRawBufferPointer
  private let base: UnsafeMutableRawPointer
  private let length: Int

  init(_ bytes: [UInt8]) {
    let page = Int(getpagesize())
    length = (bytes.count + page - 1) / page * page + page
    base = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mprotect(base + length - page, page, PROT_NONE)
    buffer = UnsafeMutableRawBufferPointer(start: base + length - page - bytes.count, count: bytes.count)
    buffer.copyBytes(from: bytes)
  }

  deinit { munmap(base, length) }
}

/// Changes a byte, or a number of four or eight bytes, to something random or extreme.
func mutate(_ bytes: inout [UInt8], in range: Range<Int>, _ random: inout SeededRandom) {
  guard let at = range.randomElement(using: &random) else { return }
  let extremes: [UInt64] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, .max]
  let value = Bool.random(using: &random) ? random.next() : extremes.randomElement(using: &random) ?? 0
  let width = [1, 1, 4, 8].randomElement(using: &random) ?? 1
  for offset in 0..<width where range.contains(at + offset) {
    bytes[at + offset] = UInt8(truncatingIfNeeded: value >> UInt64(8 * offset))
  }
}

/// Makes every checksum right again, as far as the table of parts can be followed.
func reseal(_ bytes: inout [UInt8]) {
  func integer(_ at: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }
  func put(_ value: UInt32, _ at: Int) {
    for offset in 0..<4 { bytes[at + offset] = UInt8(truncatingIfNeeded: value >> UInt32(8 * offset)) }
  }
  let footer = bytes.count - SegmentFormat.footerLength
  let table = integer(footer, 8)
  guard table >= 16, table < footer else { return }
  for at in stride(from: table, to: footer - 23, by: 24) {
    let (start, length) = (integer(at + 8, 8), integer(at + 16, 8))
    guard start >= 0, length >= 0, start <= bytes.count, length <= bytes.count - start else { continue }
    put(CRC32.checksum(Array(bytes[start..<start + length])), at + 4)
  }
  put(CRC32.checksum(Array(bytes[..<16]) + bytes[table..<footer + 20]), footer + 20)
}
