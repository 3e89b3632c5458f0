internal import Glibc

// A location among others. Below it: `appending`.

extension Location {
  private static let slash = UInt8(ascii: "/")

  /// What it lies in: `a/b` of `a/b/c.json`, `.` of `c.json`, `./..` of that; of a key at the top the bucket.
  package var directory: Location {
    switch self {
    case .s3(let bucket, let key):
      return .s3(bucket: bucket, key: Array(key[..<(key.lastIndex(of: Self.slash) ?? 0)]))
    case .local(let path):
      let name = path[(path.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)...]
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return appending("..") }
      if name.startIndex == 0 { return .local(path: Array(".".utf8)) }
      return .local(path: Array(path[..<max(name.startIndex - 1, 1)]))
    }
  }

  /// The same from every directory, and however it was written.
  package var absolute: Location {
    guard case .local(var path) = self else { return self }
    if path.first != Self.slash, let here = getcwd(nil, 0) {
      defer { free(here) }
      path = Array(String(cString: here).utf8) + [Self.slash] + path
    }
    let parts = path.split(separator: Self.slash).filter { !$0.elementsEqual(".".utf8) }
    return .local(path: parts.isEmpty ? [Self.slash] : parts.reduce(into: []) { $0 += [Self.slash] + $1 })
  }
}
