import Failures
import Files
import Foundation
import Seeded
import Testing

@testable import Runs

/// Files of keys, and what becomes of two, against lists of what was put in. Not tested here: which of them a batch merges
/// (IncrementalTests); files above mostMapped entries.
@Suite struct KeyFileTests {
  struct Mention: Hashable, Comparable {
    let kind: UInt64
    let key: String
    let source: RunIdentity
    let number: Int

    static func < (a: Mention, b: Mention) -> Bool {
      (a.kind, a.key, a.source.low, a.number) < (b.kind, b.key, b.source.low, b.number)
    }
  }

  private static let kinds: [KeyKind] = [.id, .group, .groupDelete]

  private func source(_ number: UInt64) -> KeyFile.Source {
    KeyFile.Source(number % 3 == 0 ? .segment : .run, RunIdentity(high: 7, low: number))
  }

  private func open(_ name: String, _ directory: Directory) throws -> KeyFile {
    guard let file = try directory.openFile(name) else { throw CocoaError(.fileNoSuchFile) }
    return try KeyFile(file, name: name)
  }

  /// Writes a file of some sources from `first` on; gives what it mentions.
  private func write(
    _ name: String, sources: Range<UInt64>, extent: Int, keys: Int, in directory: Directory,
    _ random: inout SeededRandom
  ) throws -> [Mention] {
    var writer = KeyFileWriter()
    var all: [Mention] = []
    for number in sources {
      writer.begin(source(number), extent: extent)
      for _ in 0..<Int.random(in: 0...2000, using: &random) {
        let kind = Self.kinds.randomElement(using: &random) ?? .id
        let key = "k\(Int.random(in: 0..<keys, using: &random))"
        let place = Int.random(in: 0..<extent, using: &random)
        Array(key.utf8).withUnsafeBytes { writer.add(kind, $0, place) }
        all.append(Mention(kind: kind.rawValue, key: key, source: source(number).identity, number: place))
      }
    }
    try writer.write(name, in: directory)
    return all
  }

  private func read(_ file: KeyFile, keys: Int) throws -> [Mention] {
    var all: [Mention] = []
    for kind in Self.kinds {
      for key in (0..<keys).map({ "k\($0)" }) {
        let hash = Array(key.utf8).withUnsafeBytes { KeyHash.hash(kind, $0) }
        try file.forEach(kind, hash) { source, number in
          all.append(
            Mention(kind: kind.rawValue, key: key, source: file.sources[source].identity, number: number))
        }
      }
    }
    return all
  }

  @Test(arguments: [(1, 40), (1 << 20, 5000), (1 << 30, 300)])
  func `what was put in is found, also in one file made of two`(_ extent: Int, _ keys: Int) throws {
    for round in 0..<UInt64(Sample.rounds(quick: 2, full: 6, long: 100)) {
      var random = SeededRandom(round)
      let place = try Place()
      let directory = try Directory.create(place.path)
      let first = try write("1", sources: 0..<6, extent: extent, keys: keys, in: directory, &random)
      let second = try write("2", sources: 6..<8, extent: extent, keys: keys, in: directory, &random)
      let files = [try open("1", directory), try open("2", directory)]
      #expect(try read(files[0], keys: keys).sorted() == first.sorted())
      #expect(files.allSatisfy { $0.isIntact() })
      let gone: Set<UInt64> = [0, 3, 7]
      let merge = KeyFileMerge(files[0], files[1]) { !gone.contains($0.identity.low) }
      try merge.write("3", in: directory)
      let merged = try open("3", directory)
      let left = (first + second).filter { !gone.contains($0.source.low) }
      #expect(try read(merged, keys: keys).sorted() == left.sorted())
      #expect(merged.isIntact())
      #expect(merged.hasDeletes)
    }
  }

  @Test func `a byte that changed, and a byte that is missing, are found`() throws {
    var random = SeededRandom(1)
    let place = try Place()
    let directory = try Directory.create(place.path)
    _ = try write("1", sources: 0..<3, extent: 100, keys: 50, in: directory, &random)
    let whole = try #require(place.files["1"])
    for _ in 0..<Sample.rounds(quick: 200, full: 2000, long: 100_000) {
      var bytes = whole
      bytes[Int.random(in: 0..<(whole.count - 1), using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
      try bytes.write(to: URL(filePath: place.path + "/1"))
      guard let file = try? open("1", directory) else { continue }
      #expect(!file.isIntact() || bytes == whole)
      // Nor may it lead anywhere.
      _ = try? read(file, keys: 50)
      _ = KeyFileMerge(file, file) { _ in true }
      try KeyFileMerge(file, file) { _ in true }.write("2", in: directory)
    }
  }

  @Test func `sources that take more addresses than there are are refused`() throws {
    let place = try Place()
    let directory = try Directory.create(place.path)
    #expect(throws: Failure.self) {
      var writer = KeyFileWriter()
      writer.begin(source(1), extent: 1 << 43)
      try writer.write("1", in: directory)
    }
    #expect(place.files.isEmpty)
  }

  @Test(arguments: [2, 3, 8, 64])
  func `shares of hashes are of about one size`(_ shares: Int) {
    var counts = [Int](repeating: 0, count: shares)
    for number in 0..<shares * 1000 {
      let hash = Array("a\(number)".utf8).withUnsafeBytes { KeyHash.hash(.id, $0) }
      counts[KeyHash.share(hash, of: shares)] += 1
    }
    #expect(counts.allSatisfy { (800...1200).contains($0) })
  }
}
