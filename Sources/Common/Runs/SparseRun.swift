package import Failures
package import Files
internal import Glibc

/// A run of which a few records are wanted: they are read one by one, and nothing is mapped.
///
/// To map a file, touch a few pages of it and unmap it costs several times as much, for each of hundreds of files.
package final class SparseRun {
  private let file: Descriptor
  private let name: String
  private let entries: [RunTail.Entry]

  /// 65 where the file is not that run, or was cut short.
  package init(_ file: consuming Descriptor, _ identity: RunIdentity, name: String) throws(Failure) {
    self.name = name
    let length = Int(lseek(file.number, 0, SEEK_END))
    var count = min(length, RunTail.usual)
    let tail = try Self.tail(count, of: length, file.number, name)
    if let needed = RunTail.needed(UnsafeRawBufferPointer(tail), of: length), needed > count { count = needed }
    let whole = count == tail.count ? tail : try Self.tail(count, of: length, file.number, name)
    defer {
      if whole.baseAddress != tail.baseAddress { whole.deallocate() }
      tail.deallocate()
    }
    entries = try RunTail(UnsafeRawBufferPointer(whole), of: length, identity, name: name).entries()
    self.file = file
  }

  private static func tail(
    _ count: Int, of length: Int, _ file: Int32, _ name: String
  ) throws(Failure) -> UnsafeMutableRawBufferPointer {
    let tail = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
    try read(file, length - count, tail, name)
    return tail
  }

  private static func read(
    _ file: Int32, _ offset: Int, _ buffer: UnsafeMutableRawBufferPointer, _ name: String
  ) throws(Failure) {
    var filled = 0
    while filled < buffer.count {
      let count = pread(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
      if count == 0 { throw Failure(.badData, cannot: "read", name, because: "it is cut short") }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "read", name)
      }
    }
  }

  /// Reads a record into `gathered`, and gives its place there; nil where the run has no such record.
  package func read(part: Int, index: Int, into gathered: PartBuilder) throws(Failure) -> Int? {
    guard part < entries.count, index < entries[part].records else { return nil }
    let entry = entries[part]
    var record = RunRecord(offset: 0, textCount: 0, idCount: 0, groupCount: 0, valueCount: 0, flags: 0)
    let offset = entry.offset + index * MemoryLayout<RunRecord>.stride
    var failure: Failure?
    withUnsafeMutableBytes(of: &record) { bytes in
      do throws(Failure) { try Self.read(file.number, offset, bytes, name) } catch { failure = error }
    }
    if let failure { throw failure }
    guard Int(record.offset) + record.size <= entry.contentCount else {
      throw Failure(.badData, cannot: "read", name, because: "a record lies outside")
    }
    return try gathered.append(record) { (buffer, record) throws(Failure) in
      try Self.read(file.number, entry.contentOffset + Int(record.offset), buffer, name)
    }
  }
}
