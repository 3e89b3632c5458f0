internal import Failures
internal import Files

/// A file that is read at any place, as long as it is what it was when it was opened.
final class RandomFile: Sendable {
  private let descriptor: Descriptor
  private let state: FileState
  private let name: String

  init(_ descriptor: consuming Descriptor, _ state: FileState, name: String) {
    self.descriptor = descriptor
    self.state = state
    self.name = name
  }

  /// The state is looked at behind the read: what was read before a change is of the file as it was.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
    do throws(Failure) {
      try FileIO.fill(buffer, from: descriptor.number, at: offset, name: name)
    } catch {
      // It has become shorter.
      if error.exit == .badData { throw .conditionFailed }
      throw StoreError(error)
    }
    guard FileState(descriptor: descriptor.number) == state else { throw .conditionFailed }
  }
}
