package import Bytes
package import Failures

/// A source whose first bytes can be looked at before it is read.
package final class PeekedSource: ByteSource {
  private let source: any ByteSource
  /// What was read ahead and not handed out.
  private var first: ArraySlice<UInt8> = []

  package init(_ source: any ByteSource) { self.source = source }

  /// The first bytes, `count` of them or all there are. To be asked before the first read.
  package func peek(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
        try source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
      }
      if more == 0 { break }
      filled += more
    }
    first = bytes[..<filled]
    return Array(first)
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if first.isEmpty { return try source.read(into: buffer) }
    let count = min(buffer.count, first.count)
    buffer.copyBytes(from: first.prefix(count))
    first = first.dropFirst(count)
    return count
  }
}
