package import Failures

/// Bytes that come one after the other: a file, an HTTP body, what a decompressor makes of another source.
package protocol ByteSource: AnyObject {
  /// Puts at least one byte into `buffer`, which is not empty, and gives the number; 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}
