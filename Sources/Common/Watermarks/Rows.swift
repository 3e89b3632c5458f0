internal import Failures
internal import Partitions

// Rows of the tables to values and back, for the stores that have tables. A row may have been written by a person, so
// nothing in it is taken on trust.

/// A row of a table, as a store reads it. Columns count from 0.
protocol Row: ~Copyable {
  /// Nil for NULL; 65 for anything but a number.
  borrowing func integer(_ column: Int) throws(Failure) -> Int?
  /// Nil for NULL; 65 for anything but text in UTF-8.
  borrowing func text(_ column: Int) throws(Failure) -> String?
  /// What a column holds is not what it must hold. The value itself is not said.
  borrowing func wrong(_ column: Int, _ what: String) -> Failure
}

/// A value of a column, in the two types that the tables have.
enum ColumnValue {
  case null
  case integer(Int)
  case text(String)

  init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  init(_ number: Int?) { self = number.map { .integer($0) } ?? .null }
}

extension Watermark {
  static let columns = "name, position, generation, lineage, slice, fence, who, at, idle"

  init(row: borrowing some Row & ~Copyable) throws(Failure) {
    name = try row.name(0)
    position = try row.needed(1, try row.instant(1))
    generation = try row.needed(2, try row.count(2))
    lineage = try row.text(3)
    slice = try row.text(4)
    fence = try row.integer(5)
    who = try row.text(6) ?? ""
    at = try row.needed(7, try row.instant(7))
    idle = try row.instant(8)
  }

  var values: [ColumnValue] {
    [
      .text(name.text), .text(position.description), .integer(generation), .init(lineage), .init(slice),
      .init(fence), .text(who), .text(at.description), .init(idle?.description),
    ]
  }
}

extension Lease {
  static let columns = "name, fence, holder, taken, epoch, until"

  init(row: borrowing some Row & ~Copyable) throws(Failure) {
    name = try row.name(0)
    fence = try row.needed(1, try row.count(1))
    holder = try row.text(2) ?? ""
    taken = try row.needed(3, try row.instant(3))
    until = StoreTime(
      epoch: try row.text(4) ?? "", milliseconds: Int64(try row.needed(5, try row.integer(5))))
  }

  var values: [ColumnValue] {
    [
      .text(name.text), .integer(fence), .text(holder), .text(taken.description), .text(until.epoch),
      .integer(Int(until.milliseconds)),
    ]
  }
}

extension Move {
  static let columns = """
    seq, name, at, action, from_position, from_generation, to_position, generation, lineage, fence, policy, \
    skipped, gap, objects, slice, index_id, every, partition_end, listed, picked, built, published, undoes, who, why
    """

  init(row: borrowing some Row & ~Copyable) throws(Failure) {
    sequence = try row.integer(0) ?? 0
    action = try row.needed(3, Action(rawValue: try row.text(3) ?? ""))
    from = try row.position(4, generation: 5)
    to = try row.position(6, generation: 7)
    lineage = try row.text(8)
    fence = try row.integer(9)
    batch = try BatchFacts(row: row, from: 10)
    undoes = try row.integer(22)
    signature = Signature(
      who: try row.text(23) ?? "", at: try row.needed(2, try row.instant(2)), why: try row.text(24))
  }

  func values(_ name: WatermarkName) -> [ColumnValue] {
    [
      .null, .text(name.text), .text(signature.at.description), .text(action.rawValue),
      .init(from?.time.description), .init(from?.generation), .init(to?.time.description),
      .init(to?.generation), .init(lineage), .init(fence),
    ] + batch.values + [.init(undoes), .text(signature.who), .init(signature.why)]
  }
}

extension BatchFacts {
  init(row: borrowing some Row & ~Copyable, from first: Int) throws(Failure) {
    policy = try row.text(first)
    skipped = try row.integer(first + 1)
    gap = try row.integer(first + 2)
    objects = try row.integer(first + 3)
    slice = try row.text(first + 4)
    index = try row.text(first + 5)
    every = try row.integer(first + 6)
    partitionEnd = try row.instant(first + 7)
    listed = try row.instant(first + 8)
    picked = try row.instant(first + 9)
    built = try row.instant(first + 10)
    published = try row.instant(first + 11)
  }

  var values: [ColumnValue] {
    [
      .init(policy), .init(skipped), .init(gap), .init(objects), .init(slice), .init(index), .init(every),
      .init(partitionEnd?.description), .init(listed?.description), .init(picked?.description),
      .init(built?.description), .init(published?.description),
    ]
  }
}

extension Row where Self: ~Copyable {
  fileprivate borrowing func name(_ column: Int) throws(Failure) -> WatermarkName {
    let text = try text(column) ?? ""
    do throws(Failure) { return try WatermarkName(text) } catch {
      throw wrong(column, "is no watermark's name")
    }
  }

  fileprivate borrowing func instant(_ column: Int) throws(Failure) -> Instant? {
    guard let text = try text(column) else { return nil }
    guard let instant = Instant(line: text) else {
      throw wrong(column, "is no time like 2026-05-04T10:05:00Z")
    }
    return instant
  }

  fileprivate borrowing func count(_ column: Int) throws(Failure) -> Int? {
    guard let number = try integer(column) else { return nil }
    guard number >= 0 else { throw wrong(column, "is below 0") }
    return number
  }

  fileprivate borrowing func position(_ column: Int, generation: Int) throws(Failure) -> Position? {
    guard let time = try instant(column) else { return nil }
    return Position(time: time, generation: try count(generation))
  }

  fileprivate borrowing func needed<T>(_ column: Int, _ value: T?) throws(Failure) -> T {
    guard let value else { throw wrong(column, "is missing, or not one of those it can be") }
    return value
  }
}
