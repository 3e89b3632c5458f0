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
    if let needed = RunTail.needed(UnsafeRawBufferPointer(tail), of: length), needed > count {
      count = needed
    }
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
    try FileIO.fill(tail, from: file, at: length - count, name: name)
    return tail
  }

  /// As much of a file as one read takes in; most records are shorter.
  private static let usualRecord = 512

  /// Reads a record into `gathered`, and gives where it begins there; nil where the run has no such record.
  package func read(part: Int, offset: Int, into gathered: PartBuilder) throws(Failure) -> Int? {
    guard part < entries.count else { return nil }
    let start = entries[part].range.lowerBound + offset
    let left = entries[part].range.upperBound - start
    guard left >= RunRecord.headerSize else { return nil }
    var place = try gather(start, min(left, Self.usualRecord), into: gathered)
    let header = gathered.header(at: place)
    guard header.isSound, header.size <= left else { return nil }
    if header.size > Self.usualRecord {
      gathered.truncate(to: place)
      place = try gather(start, header.size, into: gathered)
    }
    gathered.truncate(to: place + header.size)
    return place
  }

  private func gather(_ start: Int, _ count: Int, into gathered: PartBuilder) throws(Failure) -> Int {
    try gathered.gather(count) { (buffer) throws(Failure) in
      try FileIO.fill(buffer, from: file.number, at: start, name: name)
    }
  }
}
