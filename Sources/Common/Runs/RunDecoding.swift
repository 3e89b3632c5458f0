package import Bytes
package import Failures
package import Files
package import Records
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
  /// How much of an object is decoded at a time, by one thread.
  private static let pieceSize = 4 << 20

  /// Decodes an object. What is more than `memory` bytes of it goes to a file in `directory`.
  ///
  /// `name` decides the compression where it ends in .gz or .zst. The result does not depend on `threads`.
  package func run(
    of source: any ByteSource, name: String, identity: RunIdentity, threads: Int, memory: Int,
    in directory: Directory
  ) throws(Failure) -> DecodedRun {
    let chunks = LineChunks(source, name: name, size: Self.pieceSize)
    var gathering = RunGathering(directory: directory, memory: memory)
    var failure: RecordError?
    while failure == nil, gathering.bad.count <= skipBad {
      var pieces: [[UInt8]] = []
      do throws(RecordError) {
        while pieces.count < threads, let piece = try chunks.next() { pieces.append(piece) }
      } catch {
        failure = error
      }
      if pieces.isEmpty { break }
      let ready = pieces
      let decoded = parallelMap(count: ready.count, threads: threads) { index in
        ready[index].withUnsafeBytes { self.decode($0) }
      }
      for piece in decoded where gathering.bad.count <= skipBad {
        try gathering.take(piece)
        if let error = piece.failure {
          failure = error
          break
        }
      }
    }
    let isWhole = failure == nil && gathering.bad.count <= skipBad
    return DecodedRun(
      run: isWhole ? try gathering.finish(identity) : nil, bad: gathering.bad, failure: failure,
      writer: gathering.writer)
  }
}

/// The parts of a run, in memory as long as they are few.
private struct RunGathering {
  let directory: Directory
  let memory: Int
  private(set) var bad: [BadRecord] = []
  private(set) var writer: RunWriter?
  private var builders: [PartBuilder] = []
  private var size = 0
  private var parts = 0
  private var lines = 0

  init(directory: Directory, memory: Int) {
    self.directory = directory
    self.memory = memory
  }

  mutating func take(_ piece: RecordDecoding.Decoded) throws(Failure) {
    for record in piece.bad { bad.append(BadRecord(line: lines + record.line, reason: record.reason)) }
    lines += piece.lines
    for part in piece.parts { try take(part) }
  }

  private mutating func take(_ part: PartBuilder) throws(Failure) {
    parts += 1
    guard parts <= RunPart.mostParts else {
      throw Failure(.badData, "cannot decode an object: it is too large; cut it in several")
    }
    if let writer { return try writer.append(part.part, records: part.records) }
    builders.append(part)
    size += part.size
    if size > memory { try spill() }
  }

  private mutating func spill() throws(Failure) {
    let writer = try RunWriter(in: directory)
    for builder in builders { try writer.append(builder.part, records: builder.records) }
    builders = []
    self.writer = writer
  }

  mutating func finish(_ identity: RunIdentity) throws(Failure) -> Run {
    if writer == nil && memory == 0 { try spill() }
    return try writer?.finish(identity, bad: bad) ?? Run(builders, bad: bad)
  }
}
