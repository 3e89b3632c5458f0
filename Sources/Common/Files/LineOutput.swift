package import Failures

/// Standard output, line by line, handed to the descriptor in large pieces.
package struct LineOutput {
  private static let pieceLength = 1 << 16
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  package init(_ descriptor: Int32 = 1) { self.descriptor = descriptor }

  package mutating func write(_ line: some Sequence<UInt8>) throws(Failure) {
    buffer.append(contentsOf: line)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.pieceLength { try flush() }
  }

  package mutating func write(_ line: String) throws(Failure) { try write(line.utf8) }

  /// Prints some lines and no more.
  package static func print(_ lines: [String]) throws(Failure) {
    var output = LineOutput()
    for line in lines { try output.write(line) }
    try output.flush()
  }

  /// Hands over what is left; what was not flushed is lost.
  package mutating func flush() throws(Failure) {
    try FileIO.writeAll(descriptor, buffer, name: "standard output")
    buffer.removeAll(keepingCapacity: true)
  }
}
