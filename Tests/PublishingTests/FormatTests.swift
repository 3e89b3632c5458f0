import Bytes
import Failures
import Lines
import Segments
import Testing

@testable import Publishing

/// The pointer and the generation manifest as bytes.
///
/// Not tested here: a pointer of a format that does not exist yet, beyond its number.
@Suite struct FormatTests {
  static let manifest = Pointer.Manifest(
    name: "812-" + String(repeating: "a", count: 32) + ".json", bytes: 77,
    sha256: String(repeating: "a", count: 64))

  private static func first(_ number: Int) -> Pointer {
    .next(
      after: nil, generation: number, lineage: String(repeating: "1", count: 32), manifest: manifest,
      writers: .many)
  }

  static func pointer(commits: Int = 3) -> Pointer {
    var pointer = first(813 - commits)
    for number in (813 - commits + 1)...812 {
      pointer = .next(
        after: pointer, generation: number, lineage: String(repeating: "1", count: 32), manifest: manifest,
        writers: .many)
    }
    return pointer
  }

  @Test func `a pointer reads back as it was written`() throws {
    let pointer = Self.pointer()
    #expect(try Pointer(pointer.bytes, name: "CURRENT") == pointer)
    #expect(pointer.bytes.last == 0x0A && pointer.bytes.filter { $0 == 0x0A }.count == 1)
  }

  @Test func `a pointer keeps the last 64 commits, and no id comes twice`() {
    let pointer = Self.pointer(commits: 100)
    #expect(pointer.commits.map(\.generation) == Array(749...812))
    #expect(Set(pointer.commits.map(\.id)).count == 64)
    #expect(pointer.bytes.count < Pointer.largest)
  }

  @Test func `every flipped bit of a pointer is seen, and every cut`() {
    let good = Self.pointer().bytes
    for index in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << UInt8(bit)
        let error = failure { try Pointer(bytes, name: "D/CURRENT") }
        #expect(
          error?.exit == .badData && error?.message.contains("D/CURRENT") == true, "bit \(bit) of \(index)")
      }
      #expect(failure { try Pointer(Array(good[..<index]), name: "CURRENT") }?.exit == .badData)
    }
    #expect(failure { try Pointer(good + [0x0A], name: "CURRENT") }?.exit == .badData)
  }

  private func failure<T>(_ body: () throws -> T) -> Failure? { PublishingTests.failure(of: body) }

  /// The same body with another beginning, and a checksum that fits.
  static func resealed(_ old: String, _ new: String) -> [UInt8] {
    let text = String(decoding: pointer().bytes, as: UTF8.self)
    let body = text.split(separator: ",\"checksum\"", maxSplits: 1)[0].replacing(old, with: new)
    return Array("\(body),\"checksum\":\"\(SHA256.hex(Array(body.utf8)))\"}\n".utf8)
  }

  @Test func `a pointer of a newer format is refused with both numbers`() {
    let error = failure { try Pointer(Self.resealed("\"format\":1,", "\"format\":7,"), name: "CURRENT") }
    #expect(
      error
        == Failure(
          .badData, "cannot read CURRENT: its format is 7, and this version of freshet reads up to 1"))
  }

  @Test(arguments: [
    ("\"generation\":812", "\"generation\":811"),
    ("\"generation\":812", "\"generation\":99999999999999999999"),
    ("\"generation\":812", "\"generation\":-1"), ("\"name\":\"812-", "\"name\":\"../812-"),
    ("\"many\"", "\"all\""),
    ("\"bytes\":77", "\"bytes\":7.5"), ("\"lineage\":\"11", "\"lineage\":\"xx"),
    ("\"manifest\":{", "\"manifests\":{"),
  ])
  func `a pointer that contradicts itself is refused`(_ old: String, _ new: String) {
    #expect(failure { try Pointer(Self.resealed(old, new), name: "CURRENT") }?.exit == .badData)
  }

  static func index(_ position: String, from: String = "", documents: Int = 1) -> IndexManifest {
    IndexManifest(
      position: position, from: from, slice: "s", fields: "a id\n", documents: documents, tombstones: 0,
      groups: 1,
      segments: [.init(generation: 3, content: Array("x\(position)".utf8), documents: 1)])
  }

  static func generation() -> Generation {
    var generation = Generation(
      number: 4, lineage: String(repeating: "1", count: 32), parent: "3-x.json", batch: 4,
      position: minute(10),
      base: .init(generation: 2, index: index(minute(0))),
      delta: .init(base: 2, index: index(minute(10), from: minute(0))),
      receipts: [Receipt("slice", ["to": minute(10), "note": "a b\t%"])], forced: "it shrank", rollback: nil)
    generation.fences.add(.init(lease: "ads", fence: 7))
    generation.fences.add(.init(lease: nil, fence: 9))
    generation.lease = "ads"
    return generation
  }

  @Test func `a generation reads back as it was written`() throws {
    let generation = Self.generation()
    let name = Generation.fileName(4, sha256: SHA256.hex(generation.bytes))
    #expect(try Generation(generation.bytes, fileName: name, name: name) == generation)
    var bare = Self.generation()
    (bare.base, bare.delta, bare.parent, bare.forced, bare.lease, bare.rollback) = (
      nil, nil, nil, nil, nil, 3
    )
    bare.fences = Fences()
    let bareName = Generation.fileName(4, sha256: SHA256.hex(bare.bytes))
    #expect(try Generation(bare.bytes, fileName: bareName, name: bareName) == bare)
  }

  @Test func `every flipped byte of a generation is seen`() {
    let good = Self.generation().bytes
    let name = Generation.fileName(4, sha256: SHA256.hex(good))
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 1
      #expect(
        failure { try Generation(bytes, fileName: name, name: name) }?.exit == .badData, "byte \(index)")
    }
  }
}
