internal import Bytes
internal import Failures
internal import Files
internal import Glibc

/// A file's bytes, as many as it had when it was opened; anything else is an error, and never a shorter file.
final class FileBody: ByteSource {
  private let descriptor: Descriptor
  private let state: FileState
  private let name: String
  private var left: Int64

  init(_ descriptor: consuming Descriptor, _ state: FileState, name: String) {
    self.descriptor = descriptor
    self.state = state
    self.name = name
    left = state.bytes
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard left > 0 else {
      guard FileState(descriptor: descriptor.number) == state else { throw changed }
      return 0
    }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(left, Int64(buffer.count)))))
    let count = try FileIO.read(descriptor.number, into: wanted, name: name)
    left -= Int64(count)
    guard count == wanted.count else { throw changed }
    return count
  }

  private var changed: Failure {
    Failure(.tryAgain, cannot: "read", name, because: "it was changed while it was read")
  }
}
