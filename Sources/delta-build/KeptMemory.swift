internal import CLinux

/// How the C library deals with large blocks of memory.
enum KeptMemory {
  /// Keeps what was freed for the next block, up to 64 MiB, and a block at a time.
  ///
  /// As it comes, malloc maps each large block and unmaps it, and the system clears all its pages anew: that took a tenth of a
  /// build's time.
  static func keep() {
    mallopt(M_MMAP_THRESHOLD, 256 << 20)
    mallopt(M_TRIM_THRESHOLD, 512 << 20)
  }
}
