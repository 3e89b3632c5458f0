internal import Glibc
package import Failures
package import Runs

/// A record's place in slice order: its run's, then its own number in the run.
struct Place: Comparable, BitwiseCopyable {
  let packed: UInt64

  /// More objects than that are not in a slice.
  static let mostObjects = 1 << 24
  static let end = Place(packed: .max)

  init(packed: UInt64) { self.packed = packed }

  /// `number`: RunPart.recordBits.
  init(run: Int, number: Int) {
    packed = UInt64(truncatingIfNeeded: run) << 40 | UInt64(truncatingIfNeeded: number)
  }

  var run: Int { Int(truncatingIfNeeded: packed >> 40) }
  var part: Int { Int(truncatingIfNeeded: packed & (1 << 40 - 1)) >> RunPart.recordBits }
  var index: Int { Int(truncatingIfNeeded: packed) & (RunPart.mostRecords - 1) }

  static func < (a: Place, b: Place) -> Bool { a.packed < b.packed }
}

/// The runs of a slice, in its order; each is opened when a place in it is first asked for.
///
/// Opening is for one thread. What is open can be read by several.
package final class Window: @unchecked Sendable {
  package let count: Int
  private let open: (Int) throws(Failure) -> Run
  private var runs: [Run?]
  private var parts = Pile<RunPart>()
  /// For each run, where its parts begin; below 0 before it is opened.
  private var firstParts = Pile<Int>()

  package init(count: Int, open: @escaping (Int) throws(Failure) -> Run) {
    self.count = count
    self.open = open
    runs = Array(repeating: nil, count: count)
    for _ in 0..<count { firstParts.append(-1) }
  }

  package convenience init(_ runs: [Run]) { self.init(count: runs.count) { runs[$0] } }

  package func run(_ index: Int) throws(Failure) -> Run {
    if let run = runs[index] { return run }
    let run = try open(index)
    firstParts.mutableElements[index] = parts.count
    for part in run.parts { parts.append(part) }
    runs[index] = run
    return run
  }

  func openAll() throws(Failure) { for index in 0..<count { _ = try run(index) } }

  /// The place of a record that a file of keys names; nil where the run has no such record.
  func place(run index: Int, number: Int) throws(Failure) -> Place? {
    let run = try run(index)
    let place = Place(run: index, number: number)
    guard place.part < run.parts.count, place.index < run.parts[place.part].records.count else { return nil }
    return place
  }

  /// Closes a run.
  func forget(_ index: Int) { runs[index] = nil }

  /// Lets go of memory that the runs' files take.
  func release() { for run in runs { run?.release() } }

  /// How many records the runs have that are open.
  var records: Int { runs.reduce(0) { $0 + ($1?.records ?? 0) } }

  // MARK: Records

  /// Of a place in a run that is open.
  func part(_ place: Place) -> RunPart { parts[firstParts[place.run] + place.part] }
  func record(_ place: Place) -> RunRecord { part(place).records[place.index] }

  /// Empty where the record names none.
  func id(_ place: Place) -> UnsafeRawBufferPointer {
    let part = part(place)
    return part.id(of: part.records[place.index]) ?? Self.nothing
  }

  func group(_ place: Place) -> UnsafeRawBufferPointer {
    let part = part(place)
    return part.group(of: part.records[place.index]) ?? Self.nothing
  }

  private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Every record of the runs that are open, in slice order.
  func forEachRecord(_ body: (Place, RunPart, RunRecord) -> Void) {
    for index in 0..<count { forEachRecord(of: index, body) }
  }

  func forEachRecord(of index: Int, _ body: (Place, RunPart, RunRecord) -> Void) {
    guard let run = runs[index] else { return }
    for (number, part) in run.parts.enumerated() {
      let start = Place(run: index, number: number << RunPart.recordBits).packed
      for (offset, record) in part.records.enumerated() {
        body(Place(packed: start | UInt64(offset)), part, record)
      }
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
