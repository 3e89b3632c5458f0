package import Failures

/// Bytes that can be read at any place: a file, an object of a store by ranges. Several threads may read at once.
package protocol RandomBytes: Sendable {
  var count: Int { get }

  /// Whether each read is a round trip, so that few and large ones are better than many small ones.
  var isRemote: Bool { get }

  /// Fills the buffer with what begins at that place; fails where the bytes end before.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure)
}

extension RandomBytes {
  package var isRemote: Bool { false }
}

/// Bytes in memory.
package struct ArrayBytes: RandomBytes {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var count: Int { bytes.count }

  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    guard offset >= 0, offset <= bytes.count, buffer.count <= bytes.count - offset else {
      throw Failure(.badData, cannot: "read", "bytes", because: "they are cut short")
    }
    buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
  }
}
