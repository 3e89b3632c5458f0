package import Failures
package import Files

/// A run of which a few records are wanted: they are read one by one, and nothing is mapped.
///
/// To map a file, touch a few pages of it and unmap it costs several times as much, for each of hundreds of files.
package final class SparseRun {
  private let file: Descriptor
  private let length: Int
  private let identity: RunIdentity
  private let name: String
  /// Where the parts lie; read when it is asked of another than the first, which begins the file.
  private var parts: [Range<Int>]?
  /// What was read so far, and where it begins among what was gathered.
  private var pieces: [(range: Range<Int>, place: Int)] = []

  /// `length`: the file's, in bytes.
  package init(_ file: consuming Descriptor, length: Int, _ identity: RunIdentity, name: String) {
    self.file = file
    self.length = length
    self.identity = identity
    self.name = name
  }

  /// As much as one read takes in, with some of what lies before: records of one group often lie side by side.
  private static let usualPiece = 1024
  private static let before = 256

  /// Reads a record into `gathered`, unless it is there, and gives where it begins there; nil where the run has no such
  /// record; 65 where the file is not that run.
  package func read(part: Int, offset: Int, into gathered: PartBuilder) throws(Failure) -> Int? {
    guard let part = try range(ofPart: part) else { return nil }
    let start = part.lowerBound + offset
    guard start <= part.upperBound - RunRecord.headerSize else { return nil }
    if let piece = pieces.first(where: { $0.range.lowerBound <= start && start < $0.range.upperBound }) {
      let place = piece.place + start - piece.range.lowerBound
      if gathered.part.record(at: place) != nil,
        start + gathered.header(at: place).size <= piece.range.upperBound
      {
        return place
      }
    }
    let first = max(part.lowerBound, start - Self.before)
    let piece = first..<min(part.upperBound, first + Self.usualPiece)
    let place = try keep(piece, in: gathered) + start - first
    let header = gathered.header(at: place)
    guard header.isSound, start + header.size <= part.upperBound else { return nil }
    if start + header.size <= piece.upperBound { return place }
    return try keep(start..<start + header.size, in: gathered)
  }

  private func keep(_ range: Range<Int>, in gathered: PartBuilder) throws(Failure) -> Int {
    let place = try gather(range, into: gathered)
    pieces.append((range, place))
    return place
  }

  private func gather(_ range: Range<Int>, into bytes: PartBuilder) throws(Failure) -> Int {
    try bytes.gather(range.count) { (buffer) throws(Failure) in
      try FileIO.fill(buffer, from: file.number, at: range.lowerBound, name: name)
    }
  }

  // MARK: - Its parts

  /// Nil where there is no such part.
  private func range(ofPart part: Int) throws(Failure) -> Range<Int>? {
    // All that follows the first part is no record, which is enough where the file is as it was written.
    if part == 0 { return 0..<length }
    if parts == nil { parts = try readParts() }
    guard let parts, part < parts.count else { return nil }
    return parts[part]
  }

  private func readParts() throws(Failure) -> [Range<Int>] {
    var count = min(length, RunTail.usual)
    var tail = try tail(count)
    if let needed = RunTail.needed(tail.bytes, of: length), needed > count {
      count = needed
      tail = try self.tail(count)
    }
    var parts: [Range<Int>] = []
    for entry in try RunTail(tail.bytes, of: length, identity, name: name).entries() {
      parts.append(entry.range)
    }
    return parts
  }

  private func tail(_ count: Int) throws(Failure) -> Pile<UInt8> {
    var tail = Pile<UInt8>()
    try FileIO.fill(tail.extend(by: count), from: file.number, at: length - count, name: name)
    return tail
  }
}
