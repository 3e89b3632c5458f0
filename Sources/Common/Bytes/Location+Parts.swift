internal import Glibc

// A location among others. Below it: `appending`.

extension Location {
  private static let slash = UInt8(ascii: "/")

  /// What it lies in, with its `/`, so that a link there is followed: `a/b/` of `a/b/c.json`, `./` of `c.json`, `./../` of that.
  package var directory: Location {
    func cut(_ path: [UInt8]) -> [UInt8] {
      let path = path.last == Self.slash ? path.dropLast() : path[...]
      return Array(path[..<(path.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)])
    }
    switch self {
    case .s3(let bucket, let key): return .s3(bucket: bucket, key: cut(key))
    case .local(let path):
      let name = path.split(separator: Self.slash).last ?? path[...]
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return appending("../") }
      let above = cut(path)
      return .local(path: above.isEmpty ? Array((path.first == Self.slash ? "/" : "./").utf8) : above)
    }
  }

  /// The same place by one name: without links and `..` where it is there.
  package var resolved: Location {
    switch absolute {
    case .s3(let bucket, let key):
      return .s3(bucket: bucket, key: key.last == Self.slash ? Array(key.dropLast()) : key)
    case .local(let path):
      guard let found = realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else { return absolute }
      defer { free(found) }
      return .local(path: Self.bytes(found))
    }
  }

  /// As they are, UTF-8 or not.
  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }

  /// The same from every directory, with no `.` and no `/` twice.
  package var absolute: Location {
    guard case .local(var path) = self else { return self }
    if path.first != Self.slash, let here = getcwd(nil, 0) {
      defer { free(here) }
      path = Self.bytes(here) + [Self.slash] + path
    }
    let parts = path.split(separator: Self.slash).filter { !$0.elementsEqual(".".utf8) }
    return .local(path: parts.isEmpty ? [Self.slash] : parts.reduce(into: []) { $0 += [Self.slash] + $1 })
  }
}
