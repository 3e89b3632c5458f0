internal import Bytes
internal import Failures

// The end of a Parquet file:
//
//     ...  footer (Thrift)  length of the footer, 4 bytes, little-endian  "PAR1"
//
// "PARE" in place of the last four says that the footer is encrypted.
enum Footer {
  /// Read at once: more than the footers of most files have.
  private static let firstRead = 64 << 10
  /// No sensible file has more; in memory it may be five times as much.
  private static let greatest = 32 << 20
  private static let tail = 8

  static func read(_ source: any RandomBytes) throws(ParquetError) -> FileMetadata {
    let end = try source.bytes(from: max(0, source.count - firstRead), to: source.count)
    let length = try self.length(source, end)
    if length <= end.count - tail {
      return try parse(end[(end.count - tail - length)..<(end.count - tail)], source.count)
    }
    let from = source.count - tail - length
    return try parse(source.bytes(from: from, to: source.count - tail)[...], source.count)
  }

  private static func length(_ source: any RandomBytes, _ end: [UInt8]) throws(ParquetError) -> Int {
    // A footer of no byte between the two magic numbers is none.
    guard end.count >= 4 + tail else { throw .damaged("it is too short to be Parquet") }
    if end.suffix(4).elementsEqual("PARE".utf8) { throw .unsupported("it is encrypted") }
    guard end.suffix(4).elementsEqual("PAR1".utf8) else {
      throw .damaged("it is not Parquet, or cut short: it does not end in PAR1")
    }
    let length = end.dropLast(4).suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= source.count - 4 - tail else { throw .damaged("its footer is cut short") }
    guard length <= greatest else { throw .unsupported("its footer is longer than 32 MiB") }
    return length
  }

  private static func parse(_ bytes: ArraySlice<UInt8>, _ fileSize: Int) throws(ParquetError) -> FileMetadata
  {
    try bytes.withUnsafeBufferPointer { (bytes) throws(ParquetError) in
      try FileMetadata(UnsafeRawBufferPointer(bytes), fileSize: fileSize)
    }
  }
}

extension RandomBytes {
  func bytes(from: Int, to: Int) throws(ParquetError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: to - from)
    do {
      try bytes.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
        try read(at: from, into: UnsafeMutableRawBufferPointer(buffer))
      }
    } catch { throw .source(error) }
    return bytes
  }
}
