internal import Bytes

extension Vector {
  /// What a tag says of it; fails with a clause.
  func deleted(in table: Location) throws(ActionError) -> TableTag.Deleted {
    TableTag.Deleted(place: try place(in: table), bytes: bytes, rows: rows)
  }

  private func place(in table: Location) throws(ActionError) -> TableTag.Deleted.Place {
    switch storage {
    case "i": return .inline(path)
    case "u": return .file(table.appending(try relative()), offset: offset ?? 0)
    case "p":
      let uri = Array(path.utf8)
      let file = try uri.withUnsafeBufferPointer { (bytes) throws(ActionError) in
        try DataPath(UnsafeRawBufferPointer(bytes), of: table)
      }
      guard let location = file.location(in: table) else {
        throw ActionError("the deletion vector '\(path)' is at no place that can be read")
      }
      return .file(location, offset: offset ?? 0)
    default: throw ActionError("a deletion vector is stored in a way that is not known: '\(storage)'")
    }
  }

  /// `ab^-aqEH.-t@S}K{vb[*k^` is `ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin`: a directory, and a UUID in
  /// base 85.
  private func relative() throws(ActionError) -> String {
    let digits = 20
    guard path.utf8.count >= digits, let uuid = Z85.decode(path.utf8.suffix(digits)), uuid.count == 16 else {
      throw ActionError("the deletion vector '\(path)' has no name")
    }
    let directory = String(path.dropLast(digits))
    guard !directory.utf8.contains(UInt8(ascii: "/")), directory != "..", !directory.utf8.contains(0) else {
      throw ActionError("the deletion vector '\(path)' is in no directory of the table")
    }
    let hex = Hex.encode(uuid)
    var (name, rest) = ("deletion_vector", hex[...])
    for count in [8, 4, 4, 4, 12] {
      name += (name == "deletion_vector" ? "_" : "-") + rest.prefix(count)
      rest = rest.dropFirst(count)
    }
    return (directory.isEmpty ? "" : directory + "/") + name + ".bin"
  }
}

extension DataPath {
  func location(in table: Location) -> Location? {
    isAbsolute ? bytes.withUnsafeBufferPointer { Location(decoded: $0) } : table.appending(bytes)
  }
}
