package import Failures

/// Some documents of a segment.
package enum ChosenDocuments: Sendable {
  case set(Bitmap)
  /// In ascending order.
  case list([UInt32])

  package static var none: ChosenDocuments { .list([]) }

  package var count: Int {
    switch self {
    case .set(let bits): bits.count
    case .list(let numbers): numbers.count
    }
  }
}

/// Goes over some documents of a segment in the order of their numbers, which is that of their groups and then of their ids.
/// Or over some of its id tombstones, each of which is its own group.
package struct ChosenWalk {
  private let reader: SegmentReader
  private let chosen: ChosenDocuments
  private let isOfTombstones: Bool
  private var ids: ByteTableWalk
  private var groups: ByteTableWalk
  private var groupNumber = 0
  private var groupEnd = 0
  /// How many of a list were given.
  private var given = 0

  /// The one at hand; nil behind the last.
  package private(set) var number: Int?
  /// Its group, and its id: valid as long as the segment is mapped.
  package private(set) var group = UnsafeRawBufferPointer(start: nil, count: 0)
  package private(set) var id = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Stands at the first.
  package init(_ chosen: ChosenDocuments, of reader: SegmentReader) throws(Failure) {
    try self.init(reader, chosen, areTombstones: false)
  }

  package init(idTombstones: [UInt32], of reader: SegmentReader) throws(Failure) {
    try self.init(reader, .list(idTombstones), areTombstones: true)
  }

  private init(_ reader: SegmentReader, _ chosen: ChosenDocuments, areTombstones: Bool) throws(Failure) {
    (self.reader, self.chosen, isOfTombstones) = (reader, chosen, areTombstones)
    ids = try ByteTableWalk(areTombstones ? reader.idTombstones : reader.ids)
    groups = try ByteTableWalk(reader.groups)
    try advance()
  }

  /// 65 where the documents are not in the order that they have to be in.
  package mutating func advance() throws(Failure) {
    let (before, isFirst) = (self, number == nil)
    number = next()
    guard let number else { return }
    id = try ids.string(number)
    group = try group(of: number)
    guard isFirst || Self.compare(before, self) < 0 else {
      throw reader.ids.part.corrupt("the documents are not in the order of their groups and ids")
    }
  }

  private mutating func next() -> Int? {
    switch chosen {
    case .set(let bits): return bits.first(from: number.map { $0 + 1 } ?? 0)
    case .list(let numbers):
      guard given < numbers.count else { return nil }
      given += 1
      return Int(numbers[given - 1])
    }
  }

  private mutating func group(of number: Int) throws(Failure) -> UnsafeRawBufferPointer {
    guard reader.hasGroups, !isOfTombstones else { return id }
    if number >= groupEnd {
      groupNumber = try reader.groupNumber(of: number)
      groupEnd = try reader.documents(inGroupNumber: groupNumber).upperBound
    }
    return try groups.string(groupNumber)
  }

  /// By group, then by id: negative where the first one comes before.
  package static func compare(_ a: ChosenWalk, _ b: ChosenWalk) -> Int {
    let order = ByteOrder.compare(a.group, b.group)
    return order != 0 ? order : ByteOrder.compare(a.id, b.id)
  }
}
