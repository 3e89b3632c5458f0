import Bytes
import Failures
import Foundation
import Objects
import Seeded
import Testing

@testable import Tables

/// Deletion vectors: sets of rows, in files and inline. Not tested here: vectors that Spark wrote (Tests/Pipes/72-delta).
@Suite struct DeletionTests {
  @Test func `An inline vector as Delta writes it is read`() throws {
    let deleted = TableTag.Deleted(
      place: .inline("^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"), bytes: 44, rows: 6)
    #expect(try deleted.rows(Stores()) == [3, 4, 7, 11, 18, 29])
  }

  /// The protocol's document has this one as its example, which is of an older format with another magic.
  @Test func `An inline vector of another format is refused`() {
    let deleted = TableTag.Deleted(
      place: .inline("wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"), bytes: 40, rows: 6)
    #expect { try deleted.rows(Stores()) } throws: {
      ($0 as? Failure)?.reason == "its format is unknown (magic 3503503716)"
    }
  }

  static let sets: [[Int]] = [
    [], [0], [65535], [65536], [3, 4, 7, 11, 18, 29], Array(0..<4096), Array(0..<4097), Array(0..<65536),
    Array(0..<200_000), Array(stride(from: 5, to: 700_000, by: 7)),
    [1, 1 << 16, 1 << 32, 1 << 40, Int.max],
    (0..<9).map { $0 << 16 }, Array(65000..<66000) + [1 << 20],
  ]

  @Test(arguments: sets.indices, ForgedBitmap.Kind.allCases)
  func `A set of rows is read as it was written`(_ index: Int, _ kind: ForgedBitmap.Kind) throws {
    let rows = Self.sets[index]
    #expect(try RoaringBitmap.rows(ForgedBitmap.bytes(rows, kind)[...], count: rows.count) == rows)
  }

  @Test(arguments: sets.indices, ForgedBitmap.Kind.allCases)
  func `Any other number of rows than the log's is refused`(_ index: Int, _ kind: ForgedBitmap.Kind) {
    let rows = Self.sets[index]
    let bytes = ForgedBitmap.bytes(rows, kind)
    #expect(throws: BitmapError.self) { try RoaringBitmap.rows(bytes[...], count: rows.count + 1) }
    if !rows.isEmpty {
      #expect(throws: BitmapError.self) { try RoaringBitmap.rows(bytes[...], count: rows.count - 1) }
    }
  }

  @Test(arguments: ForgedBitmap.Kind.allCases)
  func `A vector that is cut, or goes on, is refused`(_ kind: ForgedBitmap.Kind) {
    let rows = [1, 2, 3, 70_000, 1 << 32, 1 << 33]
    let bytes = ForgedBitmap.bytes(rows, kind)
    for count in 0..<bytes.count {
      #expect(throws: BitmapError.self) { try RoaringBitmap.rows(bytes.prefix(count), count: rows.count) }
    }
    #expect(throws: BitmapError.self) { try RoaringBitmap.rows((bytes + [0])[...], count: rows.count) }
  }

  /// Rows that nobody wrote may come of it, but ascending, and as many as were said.
  @Test func `Whatever bytes there are, nothing worse than an error comes of it`() {
    var random = SeededRandom(85)
    for _ in 0..<3000 {
      let kind = Bool.random(using: &random) ? ForgedBitmap.Kind.plain : .runs
      let rows = Set((0..<20).map { _ in Int.random(in: 0..<200_000, using: &random) }).sorted()
      var bytes = ForgedBitmap.bytes(rows, kind)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let read = try? RoaringBitmap.rows(bytes[...], count: rows.count) else { continue }
      #expect(read.count == rows.count && zip(read, read.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(arguments: ["a", "abcd", "\u{7F}bcde", "#####", "12 45", "abc\"d", "äbcd"])
  func `What is not base 85 is refused`(_ text: String) { #expect(Z85.decode(text.utf8) == nil) }

  /// ZeroMQ's own test vector.
  @Test func `Base 85 is read`() {
    #expect(Z85.decode("HelloWorld".utf8) == [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B])
  }

  private static func file(_ vectors: [[UInt8]]) -> [UInt8] {
    vectors.reduce([1]) {
      $0 + ForgedBitmap.bigEndian(UInt32($1.count)) + $1 + ForgedBitmap.bigEndian(CRC32.checksum($1))
    }
  }

  private static func withFile<T>(
    _ bytes: [UInt8], _ body: (Location) throws -> T
  ) throws -> T {
    let path = FileManager.default.temporaryDirectory.appending(path: "freshet-dv-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(.local(path: Array(path.utf8)))
  }

  @Test func `Each vector of a file is found at its offset`() throws {
    let sets = [[1, 5, 9], Array(0..<100_000), [7]]
    let vectors = sets.map { ForgedBitmap.bytes($0) }
    try Self.withFile(Self.file(vectors)) { (location) throws in
      var offset = 1
      for (rows, vector) in zip(sets, vectors) {
        let deleted = TableTag.Deleted(
          place: .file(location, offset: offset), bytes: vector.count, rows: rows.count)
        #expect(try deleted.rows(Stores()) == rows)
        offset += vector.count + 8
      }
    }
  }

  @Test func `A file with any bit turned is refused`() throws {
    let vector = ForgedBitmap.bytes([1, 5, 9])
    let bytes = Self.file([vector])
    for bit in 8..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try Self.withFile(damaged) { location in
        let deleted = TableTag.Deleted(place: .file(location, offset: 1), bytes: vector.count, rows: 3)
        #expect(throws: Failure.self) { try deleted.rows(Stores()) }
      }
    }
  }

  @Test(arguments: [(0, 3), (2, 3), (1 << 40, 3), (Int.max, 3), (1, 1 << 30), (1, 1 << 40), (1, 0)])
  func `A wrong offset, and a wrong length, are refused`(_ offset: Int, _ bytes: Int) throws {
    try Self.withFile(Self.file([ForgedBitmap.bytes([1, 5, 9])])) { location in
      let deleted = TableTag.Deleted(place: .file(location, offset: offset), bytes: bytes, rows: 3)
      #expect { try deleted.rows(Stores()) } throws: { ($0 as? Failure)?.exit == .badData }
    }
  }

  @Test func `A file that is gone is 75, as a file of the table is`() {
    let nowhere = TableTag.Deleted(
      place: .file(.local(path: Array("/nowhere/a.bin".utf8)), offset: 1), bytes: 3, rows: 3)
    #expect { try nowhere.rows(Stores()) } throws: { ($0 as? Failure)?.exit == .tryAgain }
  }
}
