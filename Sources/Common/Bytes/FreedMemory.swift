internal import CLinux

/// What the C library does with large blocks of memory that are free again.
package enum FreedMemory {
  /// Keeps it for the next blocks.
  ///
  /// As it comes, malloc maps each large block and unmaps it, and the system clears all its pages anew: that took a twentieth of a
  /// build's time.
  package static func keep() {
    mallopt(M_MMAP_THRESHOLD, 256 << 20)
    mallopt(M_TRIM_THRESHOLD, 512 << 20)
    // One heap, in which what one step freed on a thread of its own serves the next one.
    mallopt(M_ARENA_MAX, 1)
  }
}
