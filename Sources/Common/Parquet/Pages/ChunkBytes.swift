internal import Bytes

/// The bytes of a column chunk, one after the other: as much of them in memory as is looked at.
struct ChunkBytes: ~Copyable {
  /// What is read at once without a share of the budget: where each read is a round trip, and where not.
  private static let leastStep = 1 << 20
  private static let nearStep = 256 << 10

  private let source: any RandomBytes
  /// Places in the file: where the next byte is, and where there is none.
  private(set) var position: Int
  private let end: Int
  private let held: HeldBytes?
  private var window = PageMemory()
  private var inWindow: Range<Int>
  private let step: Int
  private let share: BufferShare?

  /// `held` are bytes that have been read already, all of the chunk among them.
  init(_ file: ParquetFile, _ pages: ChunkPages, held: HeldBytes? = nil) {
    source = file.bytes
    self.held = held
    share = source.isRemote && held == nil ? Self.share(of: file.budget, for: pages.size) : nil
    position = pages.start
    end = pages.start + pages.size
    inWindow = pages.start..<pages.start
    step = share?.bytes ?? (source.isRemote ? Self.leastStep : Self.nearStep)
  }

  /// As much as is sensible for a round trip; half of it, and so on, where the budget has less.
  private static func share(of budget: BufferBudget, for size: Int) -> BufferShare? {
    var wanted = min(size, 8 << 20)
    while wanted > leastStep {
      if let share = budget.share(of: wanted) { return share }
      wanted /= 2
    }
    return nil
  }

  var left: Int { end - position }

  /// What comes next, so many bytes at least, where there are so many. They stay until the next look.
  mutating func look(_ count: Int) throws(ParquetError) -> UnsafeRawBufferPointer {
    let wanted = min(count, left)
    if let held { return held.bytes(position..<end) }
    if position + wanted > inWindow.upperBound { try fill(max(wanted, min(step, left))) }
    return UnsafeRawBufferPointer(start: window.start, count: inWindow.upperBound - inWindow.lowerBound)
      .rebased(from: position - inWindow.lowerBound)
  }

  mutating func advance(_ count: Int) { position += min(count, left) }

  private mutating func fill(_ count: Int) throws(ParquetError) {
    let kept = min(position, inWindow.upperBound)..<inWindow.upperBound
    let first = inWindow.lowerBound
    let memory: UnsafeMutableRawBufferPointer
    do {
      memory = try window.reserve(count, keeping: kept.lowerBound - first..<kept.upperBound - first)
    } catch { throw .unsupported("there is not enough memory to read it") }
    inWindow = position..<position
    let rest = UnsafeMutableRawBufferPointer(rebasing: memory[kept.count...])
    do { try source.read(at: position + kept.count, into: rest) } catch { throw .source(error) }
    inWindow = position..<position + count
  }
}

/// Bytes of the file that several readers share.
final class HeldBytes: @unchecked Sendable {
  private var memory = PageMemory()
  private let range: Range<Int>
  private let share: BufferShare

  init(_ source: any RandomBytes, _ range: Range<Int>, _ share: BufferShare) throws(ParquetError) {
    self.range = range
    self.share = share
    let buffer: UnsafeMutableRawBufferPointer
    do { buffer = try memory.reserve(range.count) } catch {
      throw .unsupported("there is not enough memory to read it")
    }
    do { try source.read(at: range.lowerBound, into: buffer) } catch { throw .source(error) }
  }

  func holds(_ other: Range<Int>) -> Bool {
    other.lowerBound >= range.lowerBound && other.upperBound <= range.upperBound
  }

  func bytes(_ part: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: memory.start.map { $0 + (part.lowerBound - range.lowerBound) }, count: part.count)
  }
}

extension UnsafeRawBufferPointer {
  func rebased(from start: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[start...]) }

  func first(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[..<count]) }
}
