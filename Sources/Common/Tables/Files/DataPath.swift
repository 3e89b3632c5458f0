internal import Bytes
internal import Glibc

// A path in a log is a URI reference, encoded once more than the name in the store is (PROTOCOL.md of Delta Lake, "Add File
// and Remove File"; RFC 3986): `k=a%2520b/part-0.parquet` is the object `k=a%20b/part-0.parquet` below the table.
//
//     part-0.parquet                 below the table
//     s3://bucket/t/part-0.parquet   as it stands, also with s3a and s3n
//     file:/data/t/part-0.parquet    as it stands, also file:///data/t/part-0.parquet
//     /data/t/part-0.parquet         at the root of the table's own file system, or bucket

/// Where a file that a log names is.
struct DataPath: Hashable {
  /// Below the table, where it is not absolute; else a whole path, or `s3://bucket/key` with nothing encoded.
  let bytes: [UInt8]
  let isAbsolute: Bool

  /// `roots` are the table's, where they are known already. Fails with a clause.
  init(
    _ uri: UnsafeRawBufferPointer, of table: Location, roots: [[UInt8]]? = nil
  ) throws(ActionError) {
    func refuse(_ reason: String) -> ActionError {
      ActionError("the path '\(PercentEncoding.encodeForLine(uri.prefix(200)))' \(reason)")
    }
    if uri.isEmpty { throw refuse("is empty") }
    let scheme = Self.scheme(uri)
    let rest = UnsafeRawBufferPointer(rebasing: uri.dropFirst(scheme.map { $0.count + 1 } ?? 0))
    guard let decoded = PercentEncoding.decode(rest) else {
      throw refuse("has a % that begins no encoded byte")
    }
    if decoded.contains(0) { throw refuse("has a zero byte in it") }
    if Self.hasParent(decoded) { throw refuse("has '..' in it, which may lead anywhere") }
    if Self.isDirectory(decoded) { throw refuse("names no file") }
    let place = Place(table: table, roots: roots ?? table.roots)
    switch Self.resolve(scheme.map { String(decoding: $0, as: UTF8.self).lowercased() }, decoded, place) {
    case .success(let path): self = path
    case .failure(let error): throw refuse(error.reason)
    }
  }

  init(_ bytes: some Sequence<UInt8>, isAbsolute: Bool) {
    self.bytes = Array(bytes)
    self.isAbsolute = isAbsolute
  }

  /// The table that a path is of.
  private struct Place {
    let table: Location
    let roots: [[UInt8]]
  }

  private static func resolve(
    _ scheme: String?, _ path: [UInt8], _ place: Place
  ) -> Result<DataPath, ActionError> {
    switch scheme {
    case nil: return .success(rooted(path, place))
    case "s3", "s3a", "s3n":
      guard path.starts(with: Array("//".utf8)) else { return .failure(ActionError("names no bucket")) }
      return absolute(Array("s3:".utf8) + path, place)
    case "file":
      guard case .local = place.table else {
        return .failure(ActionError("names a file of this machine, and the table is in a bucket"))
      }
      let local = path.starts(with: Array("//".utf8)) ? Array(path.dropFirst(2)) : path
      guard local.first == UInt8(ascii: "/") else { return .failure(ActionError("names another machine")) }
      return absolute(local, place)
    case let scheme?: return .failure(ActionError("is of the scheme '\(scheme)', which is not read here"))
    }
  }

  /// One without a scheme.
  private static func rooted(_ path: [UInt8], _ place: Place) -> DataPath {
    var path = path[...]
    guard path.first == UInt8(ascii: "/") else {
      while path.starts(with: Array("./".utf8)) { path = path.dropFirst(2) }
      return DataPath(path, isAbsolute: false)
    }
    switch place.table {
    case .local: return below(Array(path), place)
    case .s3(let bucket, _): return below(Array("s3://\(bucket)".utf8) + path, place)
    }
  }

  private static func absolute(_ path: [UInt8], _ place: Place) -> Result<DataPath, ActionError> {
    let location = path.withUnsafeBufferPointer { Location(decoded: $0) }
    switch location {
    case nil: return .failure(ActionError("names no place"))
    case .s3(_, [])?: return .failure(ActionError("names no file"))
    default: return .success(below(path, place))
    }
  }

  /// One that is below the table all the same is as good as a relative one.
  private static func below(_ path: [UInt8], _ place: Place) -> DataPath {
    for root in place.roots where path.count > root.count && path.starts(with: root) {
      return DataPath(path.dropFirst(root.count), isAbsolute: false)
    }
    return DataPath(path, isAbsolute: true)
  }

  /// `t/`, `.`, `t/.`
  private static func isDirectory(_ path: [UInt8]) -> Bool {
    let name = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
    return name.isEmpty || name.elementsEqual(".".utf8)
  }

  /// What stands before the first colon, where that is a scheme.
  private static func scheme(_ uri: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
    guard let first = uri.first, isLetter(first) else { return nil }
    let name = uri.prefix { isLetter($0) || isDigit($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E }
    return name.endIndex < uri.endIndex && uri[name.endIndex] == UInt8(ascii: ":") ? name : nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private static func hasParent(_ path: [UInt8]) -> Bool {
    let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
    for index in path.indices.dropFirst() where path[index] == dot && path[index - 1] == dot {
      let isStart = index == 1 || path[index - 2] == slash
      if isStart, index + 1 == path.count || path[index + 1] == slash { return true }
    }
    return false
  }
}

extension Location {
  /// The place with a slash behind it, nothing encoded.
  var rootBytes: [UInt8] {
    switch appending([]) {
    case .local(let path): path
    case .s3(let bucket, let key): Array("s3://\(bucket)/".utf8) + key
    }
  }

  /// What the files of the table are below, as a log may spell it: a local one's also as an absolute path.
  var roots: [[UInt8]] {
    guard case .local(let path) = self else { return [rootBytes] }
    let absolute = (path + [0]).withUnsafeBytes { bytes -> [UInt8]? in
      guard let found = realpath(bytes.bindMemory(to: CChar.self).baseAddress, nil) else { return nil }
      defer { free(found) }
      return Array(UnsafeRawBufferPointer(start: found, count: strlen(found))).asDirectory
    }
    return [rootBytes] + (absolute.map { $0 == rootBytes ? [] : [$0] } ?? [])
  }
}
