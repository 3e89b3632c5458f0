internal import Bytes

/// The files of a table, by path and deletion vector, as they are added and removed.
///
///     bytes     path path ...
///     entries   where each path is, and what else is known of the file
///     slots     a hash table of entries: the number of one, from 1, in the first free slot from its hash on
///
/// Of one that is removed the entry is kept: it tells what the log said last.
struct LiveFiles {
  struct Entry {
    fileprivate let start: Int
    fileprivate let count: Int32
    /// An index in `vectors`; -1 for none.
    let vector: Int32
    /// An index in `partitions`.
    var partition: Int32 = 0
    let isAbsolute: Bool
    /// Nothing of the path is encoded in a line.
    let isPlain: Bool
    var isLive = false
    /// Added with new data by the commits of a tail, or rearranged from what was.
    var isNew = false
    /// Removed, with its data, by the commits of a tail.
    var isGone = false
    var size: Int64 = 0
    /// Milliseconds since 1970.
    var modified: Int64 = 0
    /// Seconds since 1970, or one of the two below.
    var time = Entry.unknown

    /// What is not said.
    static let unknown = Int64.max
    /// There is no row that has one.
    static let none = Int64.min

    fileprivate init(_ path: DataPath, start: Int, vector: Int32) {
      self.start = start
      self.count = Int32(path.bytes.count)
      self.vector = vector
      isAbsolute = path.isAbsolute
      isPlain = path.bytes.withUnsafeBufferPointer(\.isPlainInLines)
    }

    fileprivate var path: Range<Int> { start..<start + Int(count) }
  }

  private var bytes: [UInt8] = []
  var entries: [Entry] = []
  private(set) var vectors: [Vector] = []
  /// The texts of partition values, each once; the first is of a file that has none.
  private(set) var partitions: [[UInt8]] = [[]]
  private var slots = [UInt32](repeating: 0, count: 1024)
  private var partitionNumbers: [[UInt8]: Int32] = [[]: 0]
  private var lastPartition: Int32 = 0

  static let longestPath = 1 << 20

  /// The entry of a file; a new one where there is none yet. Nil where the path is too long, or there are too many.
  mutating func entry(_ path: DataPath, _ vector: Vector?) -> Int? {
    let hash = hash(path.bytes[...], vector)
    if let index = find(path, vector, hash) { return index }
    guard path.bytes.count <= Self.longestPath, entries.count < Int(UInt32.max >> 1) else { return nil }
    if entries.count * 2 >= slots.count { grow() }
    var number: Int32 = -1
    if let vector {
      number = Int32(vectors.count)
      vectors.append(vector)
    }
    put(entries.count, hash)
    entries.append(Entry(path, start: bytes.count, vector: number))
    bytes.append(contentsOf: path.bytes)
    return entries.count - 1
  }

  func find(_ path: DataPath, _ vector: Vector?) -> Int? { find(path, vector, hash(path.bytes[...], vector)) }

  private func find(_ path: DataPath, _ vector: Vector?, _ hash: Int) -> Int? {
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if isSame(entries[index], path, vector) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The number of a text of partition values.
  mutating func partition(_ text: UnsafeRawBufferPointer) -> Int32 {
    let isLast = partitions[Int(lastPartition)].withUnsafeBufferPointer {
      $0.order(to: text.assumingMemoryBound(to: UInt8.self)) == 0
    }
    if isLast { return lastPartition }
    let text = Array(text)
    if let number = partitionNumbers[text] {
      lastPartition = number
    } else {
      lastPartition = Int32(partitions.count)
      partitionNumbers[text] = lastPartition
      partitions.append(text)
    }
    return lastPartition
  }

  func withPath<T>(_ entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) -> T) -> T {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[entry.path])) }
  }

  /// All paths, one behind the other, for those who look at many.
  func withPaths<T, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> T) throws(E) -> T {
    try bytes.withUnsafeBufferPointer { (bytes) throws(E) in try body(bytes) }
  }

  private func isSame(_ entry: Entry, _ path: DataPath, _ vector: Vector?) -> Bool {
    guard entry.isAbsolute == path.isAbsolute, Int(entry.count) == path.bytes.count else { return false }
    let isSamePath = withPath(entry) { known in
      path.bytes.withUnsafeBufferPointer { known.order(to: $0) == 0 }
    }
    guard isSamePath else { return false }
    return (entry.vector < 0 ? nil : vectors[Int(entry.vector)].id) == vector?.id
  }

  /// Seeded by the process: nobody can make a log whose paths collide.
  private func hash(_ path: ArraySlice<UInt8>, _ vector: Vector?) -> Int {
    var hasher = Hasher()
    path.withUnsafeBufferPointer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if let vector { hasher.combine(vector.id) }
    return hasher.finalize()
  }

  private mutating func put(_ index: Int, _ hash: Int) {
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(index + 1)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      put(index, hash(bytes[entry.path], entry.vector < 0 ? nil : vectors[Int(entry.vector)]))
    }
  }
}

extension LiveFiles.Entry {
  /// Its path among all.
  func path(in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[path])
  }
}
