package import Failures
package import Files
package import Records
internal import Synchronization
internal import Threads

/// What became of an object.
package struct DecodedRun {
  /// Nil where the object was not read to its end.
  package let run: Run?
  /// The malformed records, in line order.
  package let bad: [BadRecord]
  /// Why it was not read to its end; nil where it was, or where its malformed records were too many.
  package let failure: RecordError?
  fileprivate let writer: RunWriter?

  /// Gives the run's file its name, where it has one.
  package func keep(as name: String) throws(Failure) { try writer?.keep(as: name) }
}

extension RecordDecoding {
  /// Decodes an object. What is more than `memory` bytes of it goes to a file in `directory`; with 0 it can be kept.
  ///
  /// The result does not depend on `threads`.
  package func run(
    of object: any RecordPieces, identity: RunIdentity, threads: Int, memory: Int, in directory: Directory
  ) throws(Failure) -> DecodedRun {
    let pieces = Pieces(object)
    let gathering = RunGathering(directory: directory, memory: memory, unit: object.unit)
    let hasOwnLines = object.hasOwnLines
    _ = try parallelMap(count: threads, threads: threads) { (_) throws(Failure) in
      while let piece = pieces.next() {
        let decoded = decode(piece.content, hasOwnLines: hasOwnLines)
        if try gathering.take(decoded, of: piece.number) > skipBad { pieces.stop() }
      }
    }
    let (bad, failure) = gathering.outcome(skipBad: skipBad)
    let isWhole = failure == nil && pieces.failure == nil && bad.count <= skipBad
    return DecodedRun(
      run: isWhole ? try gathering.finish(identity, bad: bad) : nil, bad: bad,
      failure: failure ?? (bad.count <= skipBad ? pieces.failure : nil), writer: gathering.writer)
  }
}

/// The pieces of an object, handed out to several threads one after the other.
private final class Pieces: @unchecked Sendable {
  private let lock = Mutex(())
  private let pieces: any RecordPieces
  private var count = 0
  private var isStopped = false
  /// Why there are no more, before the end.
  private(set) var failure: RecordError?

  init(_ pieces: any RecordPieces) { self.pieces = pieces }

  func next() -> (number: Int, content: any RecordPiece)? {
    lock.withLock { _ in
      if isStopped { return nil }
      do throws(RecordError) {
        guard let piece = try pieces.next() else {
          isStopped = true
          return nil
        }
        defer { count += 1 }
        return (count, piece)
      } catch {
        failure = error
        isStopped = true
        return nil
      }
    }
  }

  func stop() { lock.withLock { _ in isStopped = true } }
}

/// The parts of a run, in memory as long as they are few, and what else is known of its pieces. They come in any order.
private final class RunGathering: @unchecked Sendable {
  /// What is left of a piece when its parts are taken.
  private struct Rest {
    let piece: Int
    let bad: [BadRecord]
    let lines: Int
    let failure: RecordError?
  }

  private let directory: Directory
  private let memory: Int
  private let unit: RecordUnit
  private let lock = Mutex(())
  private(set) var writer: RunWriter?
  private var rests: [Rest] = []
  private var builders: [(number: Int, part: PartBuilder)] = []
  private var size = 0
  private var parts = 0
  private var bad = 0
  /// A piece of lines has fewer parts.
  private static let mostPartsAPiece = 1 << 20

  init(directory: Directory, memory: Int, unit: RecordUnit) {
    self.directory = directory
    self.unit = unit
    self.memory = memory
  }

  /// Gives how many malformed records there were so far; too many where the piece was not read to its end.
  func take(_ decoded: RecordDecoding.Decoded, of piece: Int) throws(Failure) -> Int {
    let parts = piece == 0 && decoded.parts.isEmpty ? [PartBuilder()] : decoded.parts
    for (index, part) in parts.enumerated() {
      try take(part, number: piece * Self.mostPartsAPiece + index)
    }
    return lock.withLock { _ in
      rests.append(Rest(piece: piece, bad: decoded.bad, lines: decoded.lines, failure: decoded.failure))
      bad += decoded.bad.count
      return decoded.failure == nil ? bad : .max
    }
  }

  private func take(_ part: PartBuilder, number: Int) throws(Failure) {
    let writer = try lock.withLock { (_) throws(Failure) -> RunWriter? in
      parts += 1
      guard parts <= RunPart.mostParts else {
        throw Failure(.badData, "cannot decode an object: it is too large; cut it in several")
      }
      if let writer = self.writer { return writer }
      builders.append((number, part))
      size += part.size
      // Before the first has come the others wait for it: it is to be the first in the file, too.
      if size > memory, builders.contains(where: { $0.number == 0 }) { try spill() }
      return nil
    }
    try writer?.append(part.part, number: number, records: part.records)
  }

  private func spill() throws(Failure) {
    let writer = try RunWriter(in: directory, isKept: memory == 0)
    for (number, builder) in builders.sorted(by: { $0.number < $1.number }) {
      try writer.append(builder.part, number: number, records: builder.records)
    }
    builders = []
    self.writer = writer
  }

  /// The malformed records up to the piece by which they are too many, or which was not read to its end; and why it wasn't.
  func outcome(skipBad: Int) -> (bad: [BadRecord], failure: RecordError?) {
    var bad: [BadRecord] = []
    var lines = 0
    for rest in rests.sorted(by: { $0.piece < $1.piece }) where bad.count <= skipBad {
      for record in rest.bad {
        bad.append(BadRecord(line: lines + record.line, unit: unit, reason: record.reason))
      }
      if let failure = rest.failure { return (bad, failure.behind(lines)) }
      lines += rest.lines
    }
    return (bad, nil)
  }

  func finish(_ identity: RunIdentity, bad: [BadRecord]) throws(Failure) -> Run {
    if writer == nil && memory == 0 { try spill() }
    let inOrder = builders.sorted { $0.number < $1.number }.map(\.part)
    return try writer?.finish(identity, bad: bad) ?? Run(inOrder, bad: bad)
  }
}
