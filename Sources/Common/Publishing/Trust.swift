internal import Bytes
internal import Files
internal import Glibc

extension Destination {
  /// What lets others change a directory's content behind our back, each as one clause for a person; empty where nothing does,
  /// nothing lies there yet, or it is a bucket.
  package func doubts() -> [String] {
    guard case .local(let path) = location, let root = try? Directory.existing(path) else { return [] }
    let directories =
      [root] + [Self.segments, Self.generations].compactMap { try? root.existing(String($0.dropLast())) }
    return directories.compactMap { $0.doubt(ofUser: geteuid()) }
  }
}

extension Directory {
  /// Whoever may write to a directory may replace what is in it, but where it has the sticky bit; its owner always may.
  fileprivate func doubt(ofUser user: uid_t) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    let isSticky = status.st_mode & S_ISVTX != 0
    if status.st_mode & S_IWOTH != 0 && !isSticky { return "anybody may replace what is in \(path)" }
    if status.st_uid != user && status.st_uid != 0 {
      return "\(path) belongs to user \(status.st_uid), who may replace what is in it"
    }
    return nil
  }
}
