internal import Glibc
internal import Failures
internal import Files
internal import Runs

/// A record's place in slice order: its run's, then its own number in the run.
struct Place: Comparable, BitwiseCopyable {
  let packed: UInt64

  /// More objects than that are not in a slice.
  static let mostObjects = 1 << 24
  static let end = Place(packed: .max)

  init(packed: UInt64) { self.packed = packed }

  /// `number`: RunPart.offsetBits.
  init(run: Int, number: Int) {
    packed = UInt64(truncatingIfNeeded: run) << 40 | UInt64(truncatingIfNeeded: number)
  }

  var run: Int { Int(truncatingIfNeeded: packed >> 40) }
  var part: Int { Int(truncatingIfNeeded: packed & (1 << 40 - 1)) >> RunPart.offsetBits }
  /// In the part, in bytes.
  var offset: Int { (Int(truncatingIfNeeded: packed) & (1 << RunPart.offsetBits - 1)) << 3 }

  static func < (a: Place, b: Place) -> Bool { a.packed < b.packed }
}

/// The runs of a slice, in its order. A run is opened as a whole where all of it is looked at, and else record by record.
///
/// Opening is for one thread. What is open can be read by several.
package final class Window: @unchecked Sendable {
  /// Where the runs come from, by their places in the slice.
  struct Source {
    let run: (Int) throws(Failure) -> Run
    let sparse: (Int) throws(Failure) -> SparseRun
  }

  package let count: Int
  private let source: Source
  private var runs: [Run?]
  /// Whether they can't be opened once more.
  private var isGiven = false
  private var sparseRuns: [SparseRun?]
  /// How many of them are open: each holds a descriptor, and some are left for others.
  private var openRuns = 0
  private static let mostOpen = Descriptor.most / 4 * 3
  /// Records of runs that are not open as a whole. More of them are not worth it.
  private let gathered = PartBuilder()
  private let mostGathered: Int
  /// How many bytes they have, without what was read along with them.
  private var wanted = 0
  /// In a box of its own, whose readers need no check of exclusive access.
  private let table: UnsafeMutablePointer<Table>

  private struct Table: ~Copyable {
    var parts = Pile<RunPart>()
    /// For each run, where its parts begin; below 0 before it is opened as a whole.
    var firstParts = Pile<Int>()
    /// Where the gathered records are.
    var gathered = PlaceTable()
  }

  init(count: Int, mostGathered: Int = .max, source: Source) {
    self.count = count
    self.source = source
    self.mostGathered = mostGathered
    runs = Array(repeating: nil, count: count)
    sparseRuns = Array(repeating: nil, count: count)
    table = .allocate(capacity: 1)
    table.initialize(to: Table())
    for _ in 0..<count { table.pointee.firstParts.append(-1) }
  }

  /// Runs that are open, and stay so until `close`.
  convenience init(_ runs: [Run]) {
    func refused<T>(_: Int) throws(Failure) -> T { throw Failure(.software, "cannot open a run twice") }
    self.init(count: runs.count, source: Source(run: refused, sparse: refused))
    for index in runs.indices { open(runs[index], at: index) }
    isGiven = true
  }

  deinit { table.deinitialize(count: 1).deallocate() }

  /// The run as a whole.
  func run(_ index: Int) throws(Failure) -> Run {
    if let run = runs[index] { return run }
    let run = try source.run(index)
    open(run, at: index)
    return run
  }

  private func open(_ run: Run, at index: Int) {
    table.pointee.firstParts.mutableElements[index] = table.pointee.parts.count
    for part in run.parts { table.pointee.parts.append(part) }
    runs[index] = run
  }

  func openAll() throws(Failure) { for index in 0..<count { _ = try run(index) } }

  /// Makes records readable that files of keys name, by their places (the values); 65 where the run has no such record.
  func gather(_ mentions: borrowing Pile<Keyed>) throws(Failure) {
    var places = Pile<Keyed>()
    for mention in mentions.elements { places.append(Keyed(key: mention.value, value: 0)) }
    RadixSort.sort(places.mutableElements)
    for entry in places.elements { try gather(Place(packed: entry.key)) }
  }

  private func gather(_ place: Place) throws(Failure) {
    if let run = runs[place.run] {
      guard place.part < run.parts.count, run.parts[place.part].record(at: place.offset) != nil else {
        throw Self.noRecord
      }
      return
    }
    if table.pointee.gathered[place] != nil { return }
    let run = try sparseRun(place.run)
    guard let number = try run.read(part: place.part, offset: place.offset, into: gathered) else {
      throw Self.noRecord
    }
    wanted += gathered.part.record(at: number)?.size ?? 0
    guard wanted <= mostGathered else {
      // As if the last build were damaged: from nothing it takes no more memory than it may.
      throw Failure(.badData, "cannot gather the records of what changed: they are too many")
    }
    table.pointee.gathered.insert(place, number)
  }

  private static let noRecord = Failure(
    .badData, "cannot read the files of keys: they name a record that is not there")

  private func sparseRun(_ index: Int) throws(Failure) -> SparseRun {
    if let run = sparseRuns[index] { return run }
    if openRuns >= Self.mostOpen {
      // What was gathered of them stays.
      for index in sparseRuns.indices { sparseRuns[index] = nil }
      openRuns = 0
    }
    let run = try source.sparse(index)
    sparseRuns[index] = run
    openRuns += 1
    return run
  }

  /// Closes a run.
  func forget(_ index: Int) {
    runs[index] = nil
    table.pointee.firstParts.mutableElements[index] = -1
  }

  /// Nothing is read any more: runs that nobody else has are gone.
  func close() { if isGiven { for index in 0..<count { forget(index) } } else { release() } }

  /// Lets go of memory that the runs' files take.
  func release() { for run in runs { run?.release() } }

  /// How many records the runs have that are open.
  var records: Int { runs.reduce(0) { $0 + ($1?.records ?? 0) } }

  /// How many bytes the runs have that are open.
  var bytes: Int {
    runs.reduce(0) { $0 + ($1?.parts.reduce(0) { $0 + $1.bytes.count } ?? 0) }
  }

  // MARK: Records

  /// A record. Its place is one of a run that is open, or was gathered.
  func record(_ place: Place) -> RunRecord? {
    let first = table.pointee.firstParts[place.run]
    if first >= 0 { return table.pointee.parts[first + place.part].record(at: place.offset) }
    return table.pointee.gathered[place].flatMap { gathered.part.record(at: $0) }
  }

  /// The names of the records of that one's part; nil where it was gathered.
  func names(besides place: Place) -> PartNames? {
    let first = table.pointee.firstParts[place.run]
    return first >= 0 ? table.pointee.parts[first + place.part].names : nil
  }

  func isDelete(_ place: Place) -> Bool { record(place)?.isDelete ?? false }

  /// Empty where the record names none.
  func id(_ place: Place) -> UnsafeRawBufferPointer { record(place)?.id ?? Self.nothing }
  func group(_ place: Place) -> UnsafeRawBufferPointer { record(place)?.group ?? Self.nothing }

  /// What says which shard a document is in whose last word the record is, or the tombstone: the group that it names, and where
  /// it deletes the document, the id.
  func owner(_ place: Place) -> UnsafeRawBufferPointer {
    guard let record = record(place) else { return Self.nothing }
    return record.isDelete ? record.id ?? Self.nothing : record.group ?? Self.nothing
  }

  static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Every record of the runs that are open, in slice order.
  func forEachRecord(_ body: (Place, RunRecord) -> Void) {
    for index in 0..<count { forEachRecord(of: index, body) }
  }

  /// What the records of the runs that are open speak of, in slice order.
  func forEachMention(_ body: (Place, RunMention) -> Void) {
    for index in 0..<count {
      guard let run = runs[index] else { continue }
      for (number, part) in run.parts.enumerated() {
        for mention in part.mentions {
          body(Place(run: index, number: mention.number(part: number)), mention)
        }
      }
      run.release()
    }
  }

  func forEachRecord(of index: Int, _ body: (Place, RunRecord) -> Void) {
    guard let run = runs[index] else { return }
    for (number, part) in run.parts.enumerated() {
      part.forEach { offset, record in
        body(Place(run: index, number: RunPart.number(part: number, offset: offset)), record)
      }
      run.release()
    }
  }
}

/// Keys in byte order: that of memcmp, the shorter first where one begins the other.
enum ByteOrder {
  static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    if let left = a.baseAddress, let right = b.baseAddress {
      let order = memcmp(left, right, min(a.count, b.count))
      if order != 0 { return Int(order) }
    }
    return a.count - b.count
  }

  static func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    a.count == b.count && compare(a, b) == 0
  }

  /// Eight bytes from `offset` on as a number that sorts as they do, with zeros where there are fewer.
  static func word(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
    guard let base = bytes.baseAddress, offset < bytes.count else { return 0 }
    if bytes.count - offset >= 8 {
      return UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    var word: UInt64 = 0
    withUnsafeMutableBytes(of: &word) {
      $0.copyMemory(from: .init(start: base + offset, count: bytes.count - offset))
    }
    return UInt64(bigEndian: word)
  }
}
