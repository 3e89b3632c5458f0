/// Writes deletion vectors for the tests, in each way that a container can be kept.
struct ForgedBitmap {
  enum Kind: CaseIterable { case plain, runs }

  static func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
  static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }

  /// The rows are ascending.
  static func bytes(_ rows: [Int], _ kind: Kind = .plain) -> [UInt8] {
    let buckets = Dictionary(grouping: rows) { $0 >> 32 }.sorted { $0.key < $1.key }
    return number(UInt32(1_681_511_377)) + number(UInt64(buckets.count))
      + buckets.flatMap { number(UInt32($0.key)) + bucket($0.value.map { $0 & 0xFFFF_FFFF }, kind) }
  }

  private static func bucket(_ rows: [Int], _ kind: Kind) -> [UInt8] {
    let containers = Dictionary(grouping: rows) { $0 >> 16 }.sorted { $0.key < $1.key }
    let bodies = containers.map { container($0.value.map { $0 & 0xFFFF }, kind) }
    var bytes: [UInt8]
    switch kind {
    case .plain: bytes = number(UInt32(12346)) + number(UInt32(containers.count))
    case .runs:
      bytes = number(UInt32(12347 | (containers.count - 1) << 16))
      bytes += [UInt8](repeating: 0xFF, count: (containers.count + 7) / 8)
    }
    for container in containers {
      bytes += number(UInt16(container.key)) + number(UInt16(container.value.count - 1))
    }
    if kind == .plain || containers.count >= 4 {
      var offset = bytes.count + 4 * containers.count
      for body in bodies {
        bytes += number(UInt32(offset))
        offset += body.count
      }
    }
    return bytes + bodies.joined()
  }

  private static func container(_ rows: [Int], _ kind: Kind) -> [UInt8] {
    if kind == .runs {
      var runs: [(start: Int, count: Int)] = []
      for row in rows {
        if let last = runs.last, last.start + last.count == row {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((row, 1))
        }
      }
      return number(UInt16(runs.count))
        + runs.flatMap { number(UInt16($0.start)) + number(UInt16($0.count - 1)) }
    }
    if rows.count <= 4096 { return rows.flatMap { number(UInt16($0)) } }
    var words = [UInt64](repeating: 0, count: 1024)
    for row in rows { words[row / 64] |= 1 << UInt64(row % 64) }
    return words.flatMap { number($0) }
  }
}
