package import Failures
internal import Files
internal import Glibc
internal import Lines

/// Lines that are closed by `#end <TAB> lines=n`, however long each is, behind a slice on the same descriptor.
package struct EndedLines: ~Copyable {
  private static let pieceLength = 1 << 18
  /// A record of 16 MiB can be some times as long in its other spelling.
  private static let longest = 1 << 28

  private let descriptor: Int32
  private let name: String
  private var buffer: UnsafeMutableRawBufferPointer
  private var unread: Range<Int>
  private var isAtEnd = false
  /// Of the line that was given last, from 1.
  package private(set) var number = 0

  /// `rest` was read already.
  package init(_ descriptor: Int32 = 0, name: String = "standard input", behind rest: [UInt8]) {
    (self.descriptor, self.name) = (descriptor, name)
    buffer = .allocate(byteCount: max(4 * Self.pieceLength, 2 * rest.count), alignment: 16)
    buffer.copyBytes(from: rest)
    unread = 0..<rest.count
  }

  deinit { buffer.deallocate() }

  /// The next line without its newline, valid until the one after it is asked for; nil behind the last one. 65 where the lines
  /// were cut short.
  package mutating func next() throws(Failure) -> UnsafeRawBufferPointer? {
    let line = try take()
    guard line.first == UInt8(ascii: "#") else {
      number += 1
      return line
    }
    guard let end = Receipt(Substring(decoding: line, as: UTF8.self)), end.word == "end",
      let text = end["lines"], let count = Int(text)
    else { throw refusal("what follows the slice has a line that begins with # and is no #end") }
    guard count == number else {
      throw refusal("#end counts \(count) lines behind the slice, and there are \(number): some were lost")
    }
    try fill()
    guard unread.isEmpty else { throw refusal("something follows #end") }
    return nil
  }

  package func refusal(_ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name, because: reason)
  }

  private mutating func take() throws(Failure) -> UnsafeRawBufferPointer {
    var searched = unread.lowerBound
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[searched..<unread.upperBound])
      if let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) {
        let end = searched + (UnsafeRawPointer(found) - base)
        defer { unread = end + 1..<unread.upperBound }
        return UnsafeRawBufferPointer(rebasing: buffer[unread.lowerBound..<end])
      }
      if isAtEnd { throw refusal("what follows the slice ends without #end: it was cut short") }
      if unread.count > Self.longest { throw refusal("a line is longer than \(Self.longest) bytes") }
      let count = unread.count
      try fill()
      searched = unread.lowerBound + count
    }
  }

  /// Reads on, behind what is unread.
  private mutating func fill() throws(Failure) {
    if isAtEnd { return }
    if buffer.count - unread.upperBound < Self.pieceLength { makeRoom() }
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[unread.upperBound..<unread.upperBound + Self.pieceLength])
    let count = try FileIO.read(descriptor, into: room, name: name)
    isAtEnd = count < room.count
    unread = unread.lowerBound..<unread.upperBound + count
  }

  private mutating func makeRoom() {
    let old = buffer
    let isSmall = unread.count <= buffer.count / 2
    if !isSmall { buffer = .allocate(byteCount: 2 * old.count, alignment: 16) }
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[unread]))
    unread = 0..<unread.count
    if !isSmall { old.deallocate() }
  }
}
