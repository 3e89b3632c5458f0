/// Numbers as Parquet encodes them, written plainly, from Encodings.md and not from the reader.
package enum Encoded {
  /// Each in `width` bits, from the lowest bit of the first byte on.
  package static func packed(_ values: [UInt64], width: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (values.count * width + 7) / 8)
    for (i, value) in values.enumerated() {
      for b in 0..<width where value >> UInt64(b) & 1 == 1 {
        bytes[(i * width + b) / 8] |= 1 << UInt8((i * width + b) % 8)
      }
    }
    return bytes
  }

  /// From the highest bit of the first byte on: levels of the oldest files.
  package static func packedBackwards(_ values: [Int], width: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (values.count * width + 7) / 8)
    for (i, value) in values.enumerated() {
      for b in 0..<width where value >> (width - 1 - b) & 1 == 1 {
        bytes[(i * width + b) / 8] |= 0x80 >> UInt8((i * width + b) % 8)
      }
    }
    return bytes
  }

  /// Runs of equal values where there are eight or more of them, packed groups of 8 between these.
  package static func runs(_ values: [Int], width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var at = 0
    while at < values.count {
      let same = values[at...].prefix { $0 == values[at] }.count
      if same >= 8 || at + same == values.count {
        bytes += repeated(values[at], count: same, width: width)
        at += same
      } else {
        let group = Array(values[at...].prefix(8))
        bytes += packedRun(group + Array(repeating: 0, count: 8 - group.count), width: width)
        at += group.count
      }
    }
    return bytes
  }

  package static func repeated(_ value: Int, count: Int, width: Int) -> [UInt8] {
    varint(UInt64(count) << 1) + littleEndian(UInt64(value)).prefix((width + 7) / 8)
  }

  /// As many values as a multiple of 8.
  package static func packedRun(_ values: [Int], width: Int) -> [UInt8] {
    varint(UInt64(values.count / 8) << 1 | 1) + packed(values.map(UInt64.init), width: width)
  }

  /// DELTA_BINARY_PACKED, in blocks of 128 with 4 miniblocks.
  package static func deltas(_ values: [Int64]) -> [UInt8] {
    var bytes =
      varint(128) + varint(4) + varint(UInt64(values.count)) + varint(zigzag(Int(values.first ?? 0)))
    let deltas = zip(values.dropFirst(), values).map { $0 &- $1 }
    for start in stride(from: 0, to: deltas.count, by: 128) {
      let block = deltas[start..<min(start + 128, deltas.count)]
      let least = block.min() ?? 0
      let miniblocks = stride(from: block.startIndex, to: block.endIndex, by: 32).map { from in
        let part = block[from..<min(from + 32, block.endIndex)].map { UInt64(bitPattern: $0 &- least) }
        return part + Array(repeating: 0, count: 32 - part.count)
      }
      let widths = miniblocks.map { 64 - ($0.max() ?? 0).leadingZeroBitCount }
      bytes += varint(zigzag(Int(least)))
      bytes += widths.map(UInt8.init) + Array(repeating: 0, count: 4 - widths.count)
      for (miniblock, width) in zip(miniblocks, widths) { bytes += packed(miniblock, width: width) }
    }
    return bytes
  }

  package static func deltaLengths(_ values: [[UInt8]]) -> [UInt8] {
    deltas(values.map { Int64($0.count) }) + values.joined()
  }

  package static func deltaBytes(_ values: [[UInt8]]) -> [UInt8] {
    var previous: [UInt8] = []
    var prefixes: [Int64] = []
    var suffixes: [[UInt8]] = []
    for value in values {
      let shared = zip(previous, value).prefix { $0 == $1 }.count
      prefixes.append(Int64(shared))
      suffixes.append(Array(value.dropFirst(shared)))
      previous = value
    }
    return deltas(prefixes) + deltaLengths(suffixes)
  }

  /// The bytes of values of one length, stream after stream.
  package static func split(_ values: [[UInt8]]) -> [UInt8] {
    guard let width = values.first?.count else { return [] }
    return (0..<width).flatMap { stream in values.map { $0[stream] } }
  }

  package static func lengthsAndBytes(_ values: [[UInt8]]) -> [UInt8] {
    values.flatMap { littleEndian(UInt32($0.count)) + $0 }
  }
}
