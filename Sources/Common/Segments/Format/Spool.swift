internal import Failures
internal import Files

/// Bytes that are written now and read once, later: in memory up to a limit, beyond it in a file without a name.
///
/// Appending never fails; what the disk refused is said when the bytes are asked for.
struct Spool: ~Copyable {
  /// The bytes at the end; append here, then `settle`.
  var arena = ByteArena()
  private let limit: Int
  private let directory: Directory?
  private var file: File?
  private var inFile = 0
  private var failure: Failure?

  /// Without a directory all stays in memory.
  init(limit: Int = .max, in directory: Directory?) {
    self.limit = limit
    self.directory = directory
  }

  /// Goes over the bytes that another spool has in its file, so that the system gives no new memory for it and takes none back.
  /// Nothing may be written here before as much was read there, by who reads it from front to end.
  init(limit: Int, over other: borrowing Spool) {
    self.init(limit: limit, in: other.directory)
    file = other.file
  }

  private final class File {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  var count: Int { inFile + arena.count }
  /// In memory.
  var bytesHeld: Int { arena.count }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard directory != nil, arena.count + bytes.count > limit else { return arena.append(bytes) }
    moveToFile()
    write(bytes)
  }

  /// Takes all that another spool holds, and leaves it empty.
  mutating func append(_ other: inout Spool) {
    do throws(Failure) {
      try other.read(0..<other.count) { (bytes) throws(Failure) in append(bytes) }
    } catch {
      if failure == nil { failure = error }
    }
    other.removeAll()
  }

  mutating func removeAll() {
    arena.removeAll()
    file = nil
    inFile = 0
  }

  /// Moves what is in memory to the file where it is more than the limit.
  @inline(__always)
  mutating func settle() { if arena.count > limit { moveToFile() } }

  private mutating func moveToFile() {
    guard directory != nil, failure == nil else { return }
    write(arena.bytes)
    arena.removeAll()
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let directory, failure == nil else { return }
    do throws(Failure) {
      if file == nil { file = File(try directory.unnamedFile()) }
      if let file {
        try FileIO.writeAll(file.descriptor.number, bytes, at: inFile, name: directory.path)
      }
      inFile += bytes.count
    } catch {
      failure = error
    }
  }

  /// Hands over a range of the bytes, piece by piece.
  func read(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if let failure { throw failure }
    if range.lowerBound < inFile, let file {
      try FileIO.read(
        file.descriptor.number, range.lowerBound..<min(range.upperBound, inFile), name: directory?.path ?? "",
        body)
    }
    let rest = max(range.lowerBound, inFile)..<max(range.upperBound, inFile)
    guard !rest.isEmpty else { return }
    try body(
      UnsafeRawBufferPointer(rebasing: arena.bytes[rest.lowerBound - inFile..<rest.upperBound - inFile]))
  }
}
