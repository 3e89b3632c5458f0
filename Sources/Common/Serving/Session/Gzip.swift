internal import CIsal

/// A body in one member of gzip, by ISA-L at its fastest level.
enum Gzip {
  /// Nil where it can't be done, or would be no shorter.
  static func pack(_ bytes: [UInt8]) -> [UInt8]? {
    guard let count = UInt32(exactly: bytes.count), count > 0 else { return nil }
    let workspace = UnsafeMutablePointer<UInt8>.allocate(capacity: workspaceSize)
    let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
    defer {
      workspace.deallocate()
      stream.deallocate()
    }
    var isDone = false
    let packed = [UInt8](unsafeUninitializedCapacity: bytes.count) { output, written in
      // The functions change none of what they read.
      bytes.withUnsafeBufferPointer { input in
        isal_deflate_stateless_init(stream)
        stream.pointee.level = 1
        stream.pointee.level_buf = workspace
        stream.pointee.level_buf_size = UInt32(workspaceSize)
        stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
        stream.pointee.end_of_stream = 1
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = count
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = count
        isDone = isal_deflate_stateless(stream) == COMP_OK
      }
      written = isDone ? Int(stream.pointee.total_out) : 0
    }
    return isDone ? packed : nil
  }

  /// ISAL_DEF_LVL1_LARGE, with room to spare; the macro is none that Swift sees.
  private static let workspaceSize = 512 << 10
}
