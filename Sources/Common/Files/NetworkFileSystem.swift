internal import CLinux
package import Failures
internal import Glibc

/// File systems on which flock(2) and rename(2) may mean something else on the next machine.
package enum NetworkFileSystem {
  /// By the magic numbers of statfs(2).
  private static let names: [UInt32: String] = [
    0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB", 0x6573_5546: "FUSE",
    0x0102_1997: "9P", 0x5346_414F: "AFS", 0x00C3_6400: "Ceph",
  ]

  /// Nil for a local one.
  package static func kind(of descriptor: Int32) throws(Failure) -> String? {
    var status = statfs()
    guard fstatfs(descriptor, &status) == 0 else {
      throw Failure(errno: errno, cannot: "look at", "the file system")
    }
    return names[UInt32(truncatingIfNeeded: status.f_type)]
  }
}
