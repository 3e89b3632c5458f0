// A set of row numbers as a deletion vector keeps it, all numbers little-endian (PROTOCOL.md of Delta Lake, "Deletion
// Vector Format"; the RoaringFormatSpec, "extension for 64-bit implementations"):
//
//     magic 1681511377          4 bytes
//     buckets                   8 bytes: how many follow
//       key                     4 bytes: the upper half of its numbers; ascending, below 2^31
//       cookie                  4 bytes: 12347, and above it the number of containers - 1; or 12346
//       containers              4 bytes, with 12346 only
//       runs                    a bit for each container, with 12347 only: whether it is one of runs
//       key, cardinality - 1    2 and 2 bytes for each container: the upper quarter of its numbers; ascending
//       offsets                 4 bytes for each container, with 12346 or of 4 containers and more: not needed
//       containers, as they come
//         runs                  2 bytes: their number; then start and length - 1 of each, 2 and 2 bytes
//         array                 up to 4096 numbers of 2 bytes, ascending
//         bitmap                8192 bytes, above 4096 numbers

/// Why bytes are no set of rows: a clause.
struct BitmapError: Error, Equatable {
  let reason: String
}

/// Reads a set of row numbers, which come ascending.
struct RoaringBitmap {
  /// So many rows are deleted in one file at most: they are kept as numbers of 8 bytes.
  static let most = 1 << 28
  private static let magic: UInt32 = 1_681_511_377
  private static let longestArray = 4096

  private var input: LittleEndian
  private var rows: [Int] = []

  private struct Container {
    let key: Int
    let count: Int
    let isRuns: Bool
  }

  /// The numbers in all of the bytes. Their number must be `count`.
  static func rows(_ bytes: ArraySlice<UInt8>, count: Int) throws(BitmapError) -> [Int] {
    guard count <= most else { throw BitmapError(reason: "it is of more than \(most) rows") }
    var bitmap = RoaringBitmap(input: LittleEndian(bytes))
    try bitmap.read(limit: count)
    guard bitmap.rows.count == count else {
      throw BitmapError(reason: "it has \(bitmap.rows.count) rows, and the log says \(count)")
    }
    return bitmap.rows
  }

  private mutating func read(limit: Int) throws(BitmapError) {
    let magic = try input.number(UInt32.self)
    guard magic == Self.magic else { throw BitmapError(reason: "its format is unknown (magic \(magic))") }
    let buckets = try input.number(UInt64.self)
    var last: UInt32?
    var index: UInt64 = 0
    while index < buckets {
      let key = try input.number(UInt32.self)
      guard key >> 31 == 0, last.map({ $0 < key }) ?? true else {
        throw BitmapError(reason: "its buckets are not in order")
      }
      try readBucket(base: Int(key) << 32, limit: limit)
      (last, index) = (key, index + 1)
    }
    guard input.isAtEnd else { throw BitmapError(reason: "bytes are left over") }
  }

  private mutating func readBucket(base: Int, limit: Int) throws(BitmapError) {
    let containers = try containers()
    // Known before any of them is read: a few bytes may stand for very many rows.
    let total = containers.reduce(rows.count) { $0 + $1.count }
    guard total <= limit else { throw BitmapError(reason: "it has more rows than the log says, \(limit)") }
    rows.reserveCapacity(total)
    for container in containers {
      let start = rows.count
      try readContainer(container, base: base | container.key << 16)
      guard rows.count - start == container.count else {
        throw BitmapError(reason: "a container has \(rows.count - start) rows instead of \(container.count)")
      }
    }
  }

  private mutating func containers() throws(BitmapError) -> [Container] {
    let cookie = try input.number(UInt32.self)
    let hasRuns = cookie & 0xFFFF == 12347
    guard hasRuns || cookie == 12346 else { throw BitmapError(reason: "the cookie \(cookie) is unknown") }
    let count = hasRuns ? Int(cookie >> 16) + 1 : Int(try input.number(UInt32.self))
    guard count <= 1 << 16 else { throw BitmapError(reason: "a bucket has more than 65536 containers") }
    let flags = hasRuns ? try input.take((count + 7) / 8) : []
    var containers: [Container] = []
    for index in 0..<count {
      let key = Int(try input.number(UInt16.self))
      let cardinality = Int(try input.number(UInt16.self)) + 1
      guard containers.last.map({ $0.key < key }) ?? true else {
        throw BitmapError(reason: "its containers are not in order")
      }
      let isRuns = hasRuns && flags[flags.startIndex + index / 8] >> UInt8(index % 8) & 1 == 1
      containers.append(Container(key: key, count: cardinality, isRuns: isRuns))
    }
    if !hasRuns || count >= 4 { _ = try input.take(4 * count) }
    return containers
  }

  private mutating func readContainer(_ container: Container, base: Int) throws(BitmapError) {
    if container.isRuns {
      try readRuns(base, atMost: container.count)
    } else if container.count <= Self.longestArray {
      try readArray(container.count, base)
    } else {
      try readBits(base)
    }
  }

  private mutating func readRuns(_ base: Int, atMost limit: Int) throws(BitmapError) {
    var next = 0
    var left = limit
    for _ in 0..<Int(try input.number(UInt16.self)) {
      let start = Int(try input.number(UInt16.self))
      let count = Int(try input.number(UInt16.self)) + 1
      guard start >= next, start + count <= 1 << 16, count <= left else {
        throw BitmapError(reason: "its runs are not in order")
      }
      rows.append(contentsOf: base + start...base + start + (count - 1))
      (next, left) = (start + count, left - count)
    }
  }

  private mutating func readArray(_ count: Int, _ base: Int) throws(BitmapError) {
    var next = 0
    for _ in 0..<count {
      let number = Int(try input.number(UInt16.self))
      guard number >= next else { throw BitmapError(reason: "its rows are not in order") }
      rows.append(base + number)
      next = number + 1
    }
  }

  private mutating func readBits(_ base: Int) throws(BitmapError) {
    for word in 0..<1024 {
      var bits = try input.number(UInt64.self)
      while bits != 0 {
        rows.append(base + word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }
}

/// Reads numbers off the front of bytes.
private struct LittleEndian {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ count: Int) throws(BitmapError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw BitmapError(reason: "it is cut short") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws(BitmapError) -> T {
    try take(T.bitWidth / 8).reversed().reduce(0) { $0 << 8 | T($1) }
  }
}
