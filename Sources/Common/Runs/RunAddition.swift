package import Failures
package import Files
internal import Bytes

/// Adds records to those of a run, by their lines: what comes of it is another run.
package final class RunAddition {
  /// The records so far; nil where there is no run yet.
  private let old: Run?
  private let other: Run?
  private let directory: Directory
  private var cursor: RunCursor
  private var otherCursor: RunCursor
  /// Made with the first record that the old run lacks.
  private var assembly: RunAssembly?

  /// What the `other` run has is not added.
  package init(to old: Run?, besides other: Run? = nil, in directory: Directory) {
    self.old = old
    self.other = other
    otherCursor = RunCursor(other)
    self.directory = directory
    cursor = RunCursor(old)
  }

  /// Takes records with ascending lines; false for one of whose line there is another record.
  package func add(_ record: RunRecord) throws(Failure) -> Bool {
    while let next = otherCursor.record, next.line < record.line { otherCursor.advance() }
    if let next = otherCursor.record, next.line == record.line {
      return next.bytes.elementsEqualFast(record.bytes)
    }
    while let next = cursor.record, next.line < record.line {
      try assembly?.append(next)
      cursor.advance()
    }
    if let next = cursor.record, next.line == record.line {
      return next.bytes.elementsEqualFast(record.bytes)
    }
    try begin().append(record)
    return true
  }

  private func begin() throws(Failure) -> RunAssembly {
    if let assembly { return assembly }
    let assembly = try RunAssembly(in: directory)
    self.assembly = assembly
    var before = RunCursor(old)
    while before.place != cursor.place, let record = before.record {
      try assembly.append(record)
      before.advance()
    }
    return assembly
  }

  /// Takes the records of a run.
  package func add(_ run: Run) throws(Failure) -> Bool {
    var records = RunCursor(run)
    while let record = records.record {
      guard try add(record) else { return false }
      records.advance()
    }
    return true
  }

  /// The new run under its name, which its identity gives; nil where nothing came of it: the old run is the one. `bad` are all
  /// the malformed records that it is to have.
  package func finish(
    bad: [BadRecord], identity: (_ content: UInt64) -> RunIdentity, name: (RunIdentity) -> String
  ) throws(Failure) -> (run: Run, identity: RunIdentity)? {
    if assembly == nil, old.map({ $0.bad == bad }) ?? (other != nil) { return nil }
    let assembly = try begin()
    while let next = cursor.record {
      try assembly.append(next)
      cursor.advance()
    }
    return try assembly.finish(bad: bad, identity: identity, name: name)
  }
}

/// The records of a run, one after the other; for as long as somebody holds the run.
private struct RunCursor {
  private let parts: [RunPart]
  private(set) var place = (part: 0, offset: 0)
  /// Nil behind the last one.
  private(set) var record: RunRecord?

  init(_ run: Run?) {
    parts = run?.parts ?? []
    find()
  }

  mutating func advance() {
    place.offset += record?.size ?? 0
    find()
  }

  private mutating func find() {
    record = nil
    while record == nil, place.part < parts.count {
      record = parts[place.part].record(at: place.offset)
      if record == nil { place = (place.part + 1, 0) }
    }
  }
}

/// A run made of records that come in the order of their lines.
private final class RunAssembly {
  private let writer: RunWriter
  private var part = PartBuilder()
  private var parts = 0
  private var digest: SHA256? = SHA256()

  init(in directory: Directory) throws(Failure) { writer = try RunWriter(in: directory, isKept: true) }

  func append(_ record: RunRecord) throws(Failure) {
    digest?.update(record.bytes)
    part.append(record)
    if part.isFull { try flush() }
  }

  private func flush() throws(Failure) {
    guard parts < RunPart.mostParts else {
      throw Failure(.badData, "cannot keep the records of an object: it is too large; cut it in several")
    }
    try writer.append(part.part, number: parts, records: part.records)
    parts += 1
    part = PartBuilder()
  }

  func finish(
    bad: [BadRecord], identity: (UInt64) -> RunIdentity, name: (RunIdentity) -> String
  ) throws(Failure) -> (run: Run, identity: RunIdentity) {
    if part.records > 0 || parts == 0 { try flush() }
    for record in bad { digest?.update("\(record.text)\n") }
    let hash = digest.take()?.finish() ?? []
    let content = hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    let identity = identity(content)
    let run = try writer.finish(identity, bad: bad)
    try writer.keep(as: name(identity))
    return (run, identity)
  }
}
