internal import Bytes
package import Failures
package import Objects

// A file of deletion vectors, all numbers big-endian (PROTOCOL.md of Delta Lake, "Deletion Vector File Storage Format"):
//
//     version 1       1 byte
//     for each vector
//       size          4 bytes          <- the offset in a tag
//       bitmap        as many          see RoaringBitmap
//       CRC-32        4 bytes: of the bitmap

extension TableTag.Deleted {
  /// No vector is longer: a bitmap of 2^28 rows has 32 MiB, and half a GiB where each row is in a container of its own.
  static let longest = 1 << 29

  /// The numbers of the rows, ascending, from 0. 65 where the vector is damaged, or has other rows than the log says.
  package func rows(_ stores: Stores) throws(Failure) -> [Int] {
    switch place {
    case .inline(let text):
      return try rows(of: "the deletion vector '\(Self.beginning(of: text))'") { () throws(BitmapError) in
        guard let all = Z85.decode(text.utf8), all.count >= bytes, all.count - bytes < 4 else {
          throw BitmapError(reason: "it is not \(bytes) bytes in base 85")
        }
        return all.prefix(bytes)
      }
    case .file(let file, let offset):
      let stored = try read(file, at: offset, stores)
      return try rows(of: file.description) { () throws(BitmapError) in try content(stored, at: offset) }
    }
  }

  private func rows(
    of name: String, _ bitmap: () throws(BitmapError) -> ArraySlice<UInt8>
  ) throws(Failure) -> [Int] {
    do throws(BitmapError) { return try RoaringBitmap.rows(bitmap(), count: rows) } catch {
      throw Failure(.badData, cannot: "read", name, because: error.reason)
    }
  }

  /// The bitmap, of its size, itself and its checksum.
  private func content(_ stored: [UInt8], at offset: Int) throws(BitmapError) -> ArraySlice<UInt8> {
    guard stored.count == bytes + 8 else {
      throw BitmapError(reason: "it ends before the deletion vector at byte \(offset) does")
    }
    func number(_ start: Int) -> UInt32 { stored[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    guard number(0) == UInt32(bytes) else {
      throw BitmapError(
        reason: "the deletion vector at byte \(offset) has not the \(bytes) bytes that the log says")
    }
    let bitmap = stored[4..<4 + bytes]
    guard number(4 + bytes) == CRC32.checksum(Array(bitmap)) else {
      throw BitmapError(reason: "the deletion vector at byte \(offset) has a wrong checksum")
    }
    return bitmap
  }

  /// The vector with its size and its checksum; nothing where the file ends before.
  private func read(_ file: Location, at offset: Int, _ stores: Stores) throws(Failure) -> [UInt8] {
    guard bytes <= Self.longest else {
      throw Failure(
        .badData, cannot: "read", file.description, because: "a deletion vector of \(bytes) bytes is too long"
      )
    }
    let (store, key) = try stores.object(file)
    let object: RandomObject
    do throws(StoreError) { object = try store.openAnywhere(key, tag: nil) } catch {
      guard case .notFound = error else { throw error.failure(cannot: "read", file) }
      throw Failure(.tryAgain, cannot: "read", file.description, because: "it is gone; list again")
    }
    let (end, overflow) = offset.addingReportingOverflow(bytes + 8)
    guard !overflow, Int64(end) <= object.bytes else { return [] }
    let content = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes + 8, alignment: 16)
    defer { content.deallocate() }
    try object.contents.read(at: offset, into: content)
    return Array(content)
  }

  private static func beginning(of text: String) -> String {
    text.count > 40 ? text.prefix(40) + "..." : text
  }
}
