package import Failures
package import Fields
package import Files
internal import Glibc
internal import Records

/// Records of several objects, which come in any order and leave in that of the objects and of their lines, each once.
///
/// What takes more memory than there is goes to a file without a name, in series that are sorted, and merged when all are there
/// (Knuth, 5.4.1):
///
///     8 bytes   the object's number, then in 32 bits the line
///               the record (RunRecord), a multiple of 8
package final class RecordSpool {
  /// A record that came twice, and not as the same.
  package struct Conflict: Error {
    package let object: Int
    package let line: Int
  }

  private let decoding: RecordDecoding
  private let directory: Directory
  private let memory: Int
  private var reader: RecordReader
  /// What is not in the file yet, and where each of it begins.
  private var records = PartBuilder()
  private var order = Pile<Keyed>()
  private let file: Descriptor
  private var series: [Range<Int>] = []

  package init(fields: Fields, in directory: Directory, memory: Int) throws(Failure) {
    decoding = RecordDecoding(fields: fields, skipBad: 0, keepsLines: true)
    reader = RecordReader(lines: UnsafeRawBufferPointer(start: nil, count: 0), fields: fields)
    file = try directory.unnamedFile()
    self.directory = directory
    self.memory = memory
  }

  /// Takes one in as JSON. `line` is below 2^32. What is wrong with it, or nil.
  package func take(_ json: UnsafeRawBufferPointer, object: Int, line: Int) throws(Failure) -> String? {
    do throws(RecordError) { try reader.read(json) } catch {
      if case .malformed(_, let reason) = error { return reason }
      return "it can't be read"
    }
    order.append(Keyed(key: UInt64(object) << 32 | UInt64(line), value: UInt64(records.bytes.count)))
    decoding.append(reader, to: records, line: line)
    // Sorting takes as much again as the order.
    if records.size + 2 * order.bytes.count >= memory { try spill() }
    return nil
  }

  private func sort() { RadixSort.sort(order.mutableElements) }

  private func spill() throws(Failure) {
    sort()
    var at = series.last?.upperBound ?? 0
    let start = at
    var block = Pile<UInt8>()
    for element in order.elements {
      guard let record = records.part.record(at: Int(element.value)) else { continue }
      block.append(integer: element.key)
      block.append(record.bytes)
      if block.count >= 1 << 20 { try write(&block, at: &at) }
    }
    try write(&block, at: &at)
    series.append(start..<at)
    records = PartBuilder()
    order.removeAll()
  }

  private func write(
    _ block: inout Pile<UInt8>, at offset: inout Int
  ) throws(Failure) {
    try FileIO.writeAll(file.number, block.bytes, at: offset, name: directory.full("a spool file"))
    offset += block.count
    block.removeAll()
  }

  // MARK: - In order

  /// Hands over each record with its object's number; what came twice as different records is a `conflict`.
  package func forEach(
    conflict: (Conflict) -> Failure, _ body: (Int, RunRecord) throws(Failure) -> Void
  ) throws(Failure) {
    var last = LastRecord()
    func give(_ key: UInt64, _ record: RunRecord) throws(Failure) {
      let (object, line) = (Int(key >> 32), record.line)
      switch last.compare(key, record) {
      case .same: return
      case .different: throw conflict(Conflict(object: object, line: line))
      case .other: try body(object, record)
      }
    }
    if series.isEmpty {
      sort()
      for element in order.elements {
        if let record = records.part.record(at: Int(element.value)) { try give(element.key, record) }
      }
      return
    }
    try spill()
    try merge(give)
  }

  private func merge(
    _ give: (UInt64, RunRecord) throws(Failure) -> Void
  ) throws(Failure) {
    let room = min(max(memory / 2 / series.count, 1 << 16), 1 << 20)
    var cursors: [SeriesCursor] = []
    for range in series where !range.isEmpty {
      let cursor = SeriesCursor(range, room: room, name: directory.full("a spool file"))
      try cursor.advance(file)
      cursors.append(cursor)
    }
    var heap = CursorHeap(cursors)
    while let first = heap.first {
      guard let record = first.record else { return }
      try give(first.key, record)
      try first.advance(file)
      heap.settle()
    }
  }
}

/// The record that was given last, where it can be compared with the next.
private struct LastRecord: ~Copyable {
  enum Comparison { case other, same, different }

  private var key = UInt64.max
  private var bytes = Pile<UInt8>()

  mutating func compare(_ key: UInt64, _ record: RunRecord) -> Comparison {
    if key == self.key { return record.bytes.elementsEqualFast(bytes.bytes) ? .same : .different }
    self.key = key
    bytes.removeAll()
    bytes.append(record.bytes)
    return .other
  }
}

extension UnsafeRawBufferPointer {
  func elementsEqualFast(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count, let a = baseAddress, let b = other.baseAddress else {
      return count == other.count
    }
    return memcmp(a, b, count) == 0
  }
}

/// A series of the file, read block by block.
private final class SeriesCursor {
  private var rest: Range<Int>
  private let room: Int
  private let name: String
  private var block = Pile<UInt8>()
  private var at = 0
  /// Of the record at hand; the greatest behind the last one.
  private(set) var key = UInt64.max
  private(set) var record: RunRecord?

  init(_ range: Range<Int>, room: Int, name: String) {
    (rest, self.room, self.name) = (range, room, name)
  }

  /// Goes to the next record; the one before is gone.
  func advance(_ file: borrowing Descriptor) throws(Failure) {
    if let record { at += 8 + record.size }
    record = nil
    key = .max
    var wanted = 8 + RunRecord.headerSize
    while true {
      if block.count - at >= wanted, let found = RunRecord(block.bytes, at: at + 8) {
        key = UInt64(littleEndian: block.bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        record = found
        return
      }
      if block.count - at >= 8 + RunRecord.headerSize {
        let header = block.bytes.loadUnaligned(fromByteOffset: at + 8, as: RunRecord.Header.self)
        wanted = 8 + header.size
      }
      if rest.isEmpty {
        guard block.count > at else { return }
        throw Failure(.io, cannot: "read", name, because: "it is not what was written")
      }
      try fill(file, wanted)
    }
  }

  /// Keeps what is unread, and reads on.
  private func fill(_ file: borrowing Descriptor, _ wanted: Int) throws(Failure) {
    var next = Pile<UInt8>()
    next.append(UnsafeRawBufferPointer(rebasing: block.bytes[at...]))
    let count = min(rest.count, max(room, wanted))
    try FileIO.fill(next.extend(by: count), from: file.number, at: rest.lowerBound, name: name)
    rest = rest.lowerBound + count..<rest.upperBound
    swap(&block, &next)
    at = 0
  }
}

/// Cursors, the one with the least key first (Knuth, 5.2.3).
private struct CursorHeap {
  private var cursors: [SeriesCursor]

  init(_ cursors: [SeriesCursor]) { self.cursors = cursors.sorted { $0.key < $1.key } }

  /// Nil where all are at their end.
  var first: SeriesCursor? { cursors.first.flatMap { $0.record == nil ? nil : $0 } }

  /// The first one has another key now.
  mutating func settle() {
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < cursors.count && cursors[child].key < cursors[least].key {
        least = child
      }
      if least == place { return }
      cursors.swapAt(place, least)
      place = least
    }
  }
}
