internal import Failures
internal import Files
internal import Glibc
internal import Segments

/// Where `--ciff` writes to, and which field.
struct Export {
  private static let pieceLength = 1 << 16
  /// `-` is standard output.
  let path: String
  /// Nil is the only text field that there is.
  let field: String?

  func write(_ view: IndexView) throws(Failure) {
    let field = try textField(of: view)
    if path == "-" { return try write(try CIFF(view, field: field), to: 1, name: "standard output") }
    let (folder, name) = try place()
    let ciff = try CIFF(view, field: field)
    let file: TemporaryFile
    do throws(Failure) { file = try TemporaryFile(in: try Directory.open(folder)) } catch {
      let exit = error.exit == .noInput ? .cannotCreate : error.exit
      throw Failure(exit, cannot: "write", path, because: error.reason)
    }
    try write(ciff, to: file.descriptor, name: path)
    try file.commit(as: name)
  }

  private func write(_ ciff: CIFF, to descriptor: Int32, name: String) throws(Failure) {
    var piece: [UInt8] = []
    try ciff.write { (bytes) throws(Failure) in
      piece += bytes
      guard piece.count >= Self.pieceLength else { return }
      try FileIO.writeAll(descriptor, piece, name: name)
      piece.removeAll(keepingCapacity: true)
    }
    try FileIO.writeAll(descriptor, piece, name: name)
  }

  private func textField(of view: IndexView) throws(Failure) -> String {
    let fields = view.kinds.filter { $0.value == .text }.map(\.key).sorted()
    if let field {
      if fields.contains(field) { return field }
    } else if let only = fields.first, fields.count == 1 {
      return only
    }
    guard !fields.isEmpty else { throw Failure(.usage, "the index has no text field to write") }
    let list = fields.joined(separator: ", ")
    guard let field else { throw Failure(.usage, "--field is missing; the text fields are \(list)") }
    throw Failure(.usage, "--field '\(field)' is no text field; those are \(list)")
  }

  /// The file replaces one of its name; a device, a pipe or a link there is not to be replaced.
  private func place() throws(Failure) -> (folder: String, name: String) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Failure(.cannotCreate, cannot: "write", path, because: "it is there, and is no regular file")
    }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    guard !name.isEmpty else { throw Failure(.usage, "--ciff '\(path)' names no file") }
    return (slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", name)
  }
}
