internal import Glibc

/// The lines of an input, in one buffer that grows to what the longest line takes.
///
/// A line ends with a newline, which is not part of it; the last may lack its newline. One that is longer than
/// `longest` is passed over without being kept.
struct LineReader: ~Copyable {
  static let longest = 16 << 20
  private static let mostCapacity = longest + 256 << 10

  /// None where all there is was in the buffer from the beginning.
  private let input: (any RecordInput)?
  /// Whether the lines are the object's own, and not made of its records.
  private let hasOwnLines: Bool
  private var buffer: UnsafeMutableRawBufferPointer
  /// What was read and not given yet. There is no newline before `searched`.
  private var unread = 0..<0
  private var searched = 0
  private var isAtEnd = false
  /// The number of the line that was given last, from 1.
  private(set) var number = 0

  init(_ input: any RecordInput) {
    self.input = input
    hasOwnLines = true
    buffer = .allocate(byteCount: 256 << 10, alignment: 16)
  }

  /// Reads lines where they lie; they must stay there for as long as the reader lives.
  init(lines: UnsafeRawBufferPointer, hasOwnLines: Bool) {
    input = nil
    self.hasOwnLines = hasOwnLines
    buffer = UnsafeMutableRawBufferPointer(mutating: lines)
    unread = 0..<lines.count
    isAtEnd = true
  }

  /// Goes on with other lines, where it reads lines where they lie.
  mutating func go(on lines: UnsafeRawBufferPointer) {
    buffer = UnsafeMutableRawBufferPointer(mutating: lines)
    unread = 0..<lines.count
    searched = 0
  }

  deinit { if input != nil { buffer.deallocate() } }

  /// The next line, valid until the one after it is asked for; nil at the end.
  mutating func next() throws(RecordError) -> UnsafeRawBufferPointer? {
    while true {
      if let newline = findNewline() { return try take(to: newline, next: newline + 1) }
      if unread.count > Self.longest { try skipLongLine() }
      if isAtEnd { return unread.isEmpty ? nil : try take(to: unread.upperBound, next: unread.upperBound) }
      try fill()
    }
  }

  private mutating func take(to end: Int, next: Int) throws(RecordError) -> UnsafeRawBufferPointer {
    let line = unread.lowerBound..<end
    number += 1
    unread = next..<unread.upperBound
    searched = next
    guard line.count <= Self.longest else { throw tooLong }
    return UnsafeRawBufferPointer(rebasing: buffer[line])
  }

  private var tooLong: RecordError {
    .malformed(
      line: number,
      reason: hasOwnLines ? "line longer than 16 MiB" : "a record longer than 16 MiB of JSON")
  }

  /// Passes over the rest of a line, and throws what is to be said of it.
  private mutating func skipLongLine() throws(RecordError) {
    number += 1
    repeat {
      unread = 0..<0
      searched = 0
      try fill()
      if let newline = findNewline() {
        unread = newline + 1..<unread.upperBound
        searched = newline + 1
        throw tooLong
      }
    } while !isAtEnd
    throw tooLong
  }

  private mutating func findNewline() -> Int? {
    let rest = UnsafeRawBufferPointer(rebasing: buffer[searched..<unread.upperBound])
    guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else {
      searched = unread.upperBound
      return nil
    }
    return searched + (UnsafeRawPointer(found) - base)
  }

  /// Reads once, behind what is unread, or finds that the input is at its end.
  private mutating func fill() throws(RecordError) {
    guard let input else { return }
    makeRoom()
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
    let count = try input.read(into: room)
    isAtEnd = count == 0
    unread = unread.lowerBound..<unread.upperBound + count
  }

  /// Keeps 64 KiB free for the next read. Half a buffer or more is moved only into a larger one; the largest has
  /// room for more than the longest line.
  private mutating func makeRoom() {
    if unread.isEmpty { move(to: buffer) }
    if buffer.count - unread.upperBound >= 64 << 10 { return }
    if unread.count <= buffer.count / 2 || buffer.count == Self.mostCapacity { return move(to: buffer) }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(2 * buffer.count, Self.mostCapacity), alignment: 16)
    let old = buffer
    move(to: larger)
    old.deallocate()
  }

  /// Puts what is unread at the beginning of `target`, which may be the buffer itself.
  private mutating func move(to target: UnsafeMutableRawBufferPointer) {
    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
    buffer = target
    searched -= unread.lowerBound
    unread = 0..<unread.count
  }
}
