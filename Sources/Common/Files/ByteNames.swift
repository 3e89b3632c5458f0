package import Failures
internal import Bytes
internal import Glibc

// Names of files are bytes, and need not be UTF-8, which a String can't hold: what other people's data is called
// is passed on as it is. A NUL can't be in a name; the callers see to that.

/// The bytes, ended by a NUL, as system calls want them.
package func cString(_ bytes: some Sequence<UInt8>) -> [CChar] {
  bytes.map { CChar(bitPattern: $0) } + [0]
}

extension Descriptor {
  /// A file opened for reading; the path is a person's, so links in it are followed.
  package static func reading(_ path: [UInt8]) throws(Failure) -> Descriptor {
    let number = Glibc.open(cString(path), O_RDONLY | O_CLOEXEC)
    guard number >= 0 else {
      throw Failure(errno: errno, cannot: "open", PercentEncoding.encodeForLine(path))
    }
    return Descriptor(owning: number)
  }
}

/// What a directory holds under a name.
package struct DirectoryEntry: Sendable {
  /// `unknown` where the file system does not say; a link may lead to anything.
  package enum Kind: Sendable { case file, directory, link, unknown, other }

  package let name: [UInt8]
  package let kind: Kind
}

extension FileIO {
  /// All entries of an open directory but `.` and `..`, in no order. The descriptor stays open.
  package static func entries(of directory: Int32, name: String) throws(Failure) -> [DirectoryEntry] {
    let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { throw Failure(errno: errno, cannot: "list", name) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw Failure(errno: code, cannot: "list", name)
    }
    defer { closedir(stream) }
    var entries: [DirectoryEntry] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let found = DirectoryEntry(entry)
      if found.name != Array(".".utf8) && found.name != Array("..".utf8) { entries.append(found) }
    }
    guard errno == 0 else { throw Failure(errno: errno, cannot: "list", name) }
    return entries
  }
}

extension DirectoryEntry {
  fileprivate init(_ entry: UnsafeMutablePointer<dirent>) {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let start = UnsafeRawPointer(entry) + offset
    name = Array(
      UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
    switch Int(entry.pointee.d_type) {
    case Int(DT_REG): kind = .file
    case Int(DT_DIR): kind = .directory
    case Int(DT_LNK): kind = .link
    case Int(DT_UNKNOWN): kind = .unknown
    default: kind = .other
    }
  }
}

extension Directory {
  package static func open(_ path: [UInt8]) throws(Failure) -> Directory {
    try open(path, called: PercentEncoding.encodeForLine(path))
  }

  /// Makes the directory, and those above it, where they are missing; what is made is durable.
  package static func create(_ path: [UInt8], followsLink: Bool = true) throws(Failure) -> Directory {
    try create(
      path, mode: 0o750, called: PercentEncoding.encodeForLine(path), followsLink: followsLink)
  }

  /// Not by a link; nil where it is not there.
  package static func existing(_ path: [UInt8]) throws(Failure) -> Directory? {
    do throws(Failure) {
      return try open(path, called: PercentEncoding.encodeForLine(path), followsLink: false)
    } catch {
      guard error.exit == .noInput else { throw error }
      return nil
    }
  }

  static func open(
    _ path: [UInt8], called name: String, followsLink: Bool = true
  ) throws(Failure) -> Directory {
    try Directory(opening: path, in: AT_FDCWD, called: name, followsLink: followsLink)
  }

  // Who makes a directory syncs the one above before anything is put into the new one. So one that has something in it is
  // durable, and one that is empty may be of a maker who died in between: whoever finds it syncs in its place.

  static func create(
    _ path: [UInt8], mode: UInt32, called name: String, followsLink: Bool = true
  ) throws(Failure) -> Directory {
    if let there = try? open(path, called: name, followsLink: followsLink), !there.isEmpty { return there }
    let slash = UInt8(ascii: "/")
    for end in 1...max(path.count, 1) where end >= path.count || path[end] == slash {
      let made = mkdir(cString(path.prefix(end)), mode) == 0
      guard made || errno == EEXIST || errno == EISDIR else {
        throw Failure(errno: errno, cannotCreate: "directory \(name)")
      }
      let above = path.prefix(end).lastIndex(of: slash).map { Array(path[...$0]) } ?? [UInt8(ascii: ".")]
      if made {
        try open(above).sync()
      } else if let there = try? open(Array(path.prefix(end))), there.isEmpty {
        // Above it may be what we may not even look at: then it is none of ours.
        do { try open(above).sync() } catch { guard error.exit == .permission else { throw error } }
      }
    }
    return try open(path, called: name, followsLink: followsLink)
  }

  /// The directory of that name in this one, not by a link; if it is missing it is made, durably.
  package func subdirectory(_ name: [UInt8]) throws(Failure) -> Directory {
    let made = mkdirat(descriptor, cString(name), 0o750) == 0
    guard made || errno == EEXIST else {
      throw Failure(errno: errno, cannotCreate: "directory \(full(PercentEncoding.encodeForLine(name)))")
    }
    let child = try child(name)
    if made || child.isEmpty { try sync() }
    return child
  }

  /// Whether there is nothing in it; false where it can't be read.
  private var isEmpty: Bool {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return false }
    guard let stream = fdopendir(copy) else {
      close(copy)
      return false
    }
    defer { closedir(stream) }
    errno = 0
    // `.` and `..` are in each.
    for _ in 0..<3 { if readdir(stream) == nil { return errno == 0 } }
    return false
  }

  package func child(_ name: [UInt8]) throws(Failure) -> Directory {
    let full = full(PercentEncoding.encodeForLine(name))
    return try Directory(opening: name, in: descriptor, called: full, followsLink: false)
  }

  private convenience init(
    opening name: [UInt8], in above: Int32, called full: String, followsLink: Bool
  ) throws(Failure) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = openat(above, cString(name), flags)
    if descriptor < 0 {
      let code = errno
      var status = stat()
      let isLink =
        fstatat(above, cString(name), &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
      guard isLink && !followsLink else { throw Failure(errno: code, cannot: "open directory", full) }
      throw Failure(
        .cannotCreate, cannot: "open directory", full, because: "it is a symbolic link, and is not followed")
    }
    self.init(path: full, descriptor: descriptor)
  }
}
