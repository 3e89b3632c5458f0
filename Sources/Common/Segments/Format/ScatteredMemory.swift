internal import Glibc

/// Memory that is used all over the place, in huge pages where the system has them: with small ones, finding the page takes
/// longer than what is done there.
enum ScatteredMemory {
  private static let hugePage = 2 << 20

  /// To be given back by `deallocate`.
  static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    if bytes < hugePage { return .allocate(byteCount: bytes, alignment: 16) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    // Where the system refuses, it takes longer.
    madvise(memory, bytes, MADV_HUGEPAGE)
    return memory
  }
}
