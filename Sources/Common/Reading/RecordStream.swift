internal import Bytes
package import Failures
internal import Files

/// Records that come on a descriptor, where whether there is any byte at all is asked first.
package final class RecordStream: ByteSource {
  private let descriptor: Int32
  private let name: String
  /// What was read ahead, and how much of it was handed out.
  private var first: [UInt8] = []
  private var handedOut = 0

  package init(_ descriptor: Int32 = 0, name: String = "standard input") {
    self.descriptor = descriptor
    self.name = name
  }

  /// To be asked before the first read.
  package func isEmpty() throws(Failure) -> Bool {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
    defer { chunk.deallocate() }
    let count = try FileIO.read(descriptor, into: chunk, name: name)
    first = Array(chunk[..<count])
    return count == 0
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard handedOut < first.count else { return try FileIO.read(descriptor, into: buffer, name: name) }
    let count = min(buffer.count, first.count - handedOut)
    buffer.copyBytes(from: first[handedOut..<handedOut + count])
    handedOut += count
    return count
  }
}
