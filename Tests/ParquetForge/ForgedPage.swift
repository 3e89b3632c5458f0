internal import Bytes

/// A page with its header. All of it may be changed before it is written.
package struct ForgedPage: Sendable {
  package var header: [Int: Thrift]
  package var body: [UInt8]

  package init(header: [Int: Thrift], body: [UInt8]) {
    self.header = header
    self.body = body
  }

  package var bytes: [UInt8] { Thrift.structure(header).encoded + body }

  /// A page of version 1. The levels stand before the values, as they are.
  package static func data(
    _ entries: Int, encoding: Int, levels: [UInt8] = [], levelEncoding: Int = 3, _ values: [UInt8],
    pack: ([UInt8]) -> [UInt8] = { $0 }
  ) -> ForgedPage {
    let body = levels + values
    let packed = pack(body)
    let content: [Int: Thrift] = [
      1: .int32(entries), 2: .int32(encoding), 3: .int32(levelEncoding), 4: .int32(levelEncoding),
    ]
    return ForgedPage(
      header: [1: .int32(0), 2: .int32(body.count), 3: .int32(packed.count), 5: .structure(content)],
      body: packed)
  }

  package static func dataV2(
    _ entries: Int, nulls: Int = 0, rows: Int? = nil, encoding: Int, repetitions: [UInt8] = [],
    definitions: [UInt8] = [], _ values: [UInt8], isCompressed: Bool? = nil,
    pack: ([UInt8]) -> [UInt8] = { $0 }
  ) -> ForgedPage {
    let levels = repetitions + definitions
    let body = levels + (isCompressed == false ? values : pack(values))
    var content: [Int: Thrift] = [
      1: .int32(entries), 2: .int32(nulls), 3: .int32(rows ?? entries), 4: .int32(encoding),
      5: .int32(definitions.count), 6: .int32(repetitions.count),
    ]
    content[7] = isCompressed.map { .bool($0) }
    return ForgedPage(
      header: [
        1: .int32(3), 2: .int32(levels.count + values.count), 3: .int32(body.count), 8: .structure(content),
      ], body: body)
  }

  package static func dictionary(
    _ entries: Int, encoding: Int = 0, _ values: [UInt8], pack: ([UInt8]) -> [UInt8] = { $0 }
  ) -> ForgedPage {
    let packed = pack(values)
    let content: [Int: Thrift] = [1: .int32(entries), 2: .int32(encoding)]
    return ForgedPage(
      header: [1: .int32(2), 2: .int32(values.count), 3: .int32(packed.count), 7: .structure(content)],
      body: packed)
  }

  /// With the checksum of its bytes.
  package var checked: ForgedPage {
    var page = self
    page.header[4] = .int32(Int(Int32(bitPattern: CRC32.checksum(body))))
    return page
  }

  /// Levels of a page of version 1: their length, then their runs.
  package static func levels(_ levels: [Int], greatest: Int) -> [UInt8] {
    let runs = Encoded.runs(levels, width: Int.bitWidth - greatest.leadingZeroBitCount)
    return littleEndian(UInt32(runs.count)) + runs
  }
}
