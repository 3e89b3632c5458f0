internal import CCodecs

/// A C library that is loaded once, when a file first needs it.
struct Library<Table>: @unchecked Sendable {
  private let table: UnsafePointer<Table>?
  private let missing: String

  /// `name` and the Debian package that it is in are for the person who has to install it.
  init(_ empty: Table, _ name: String, package: String, load: (UnsafeMutablePointer<Table>) -> Int32) {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    memory.initialize(to: empty)
    table = load(memory) == 0 ? UnsafePointer(memory) : nil
    missing = "\(name) can't be loaded; on Debian it is in the package \(package)"
  }

  func functions(for codec: String) throws(CodecError) -> Table {
    guard let table else { throw .unsupported("it is compressed with \(codec), and \(missing)") }
    return table.pointee
  }
}

enum Libraries {
  static let snappy = Library(
    CSnappy(), "libsnappy.so.1", package: "libsnappy1v5", load: ccodecs_load_snappy)
  static let lz4 = Library(CLz4(), "liblz4.so.1", package: "liblz4-1", load: ccodecs_load_lz4)
  static let brotli = Library(
    CBrotli(), "libbrotlidec.so.1", package: "libbrotli1", load: ccodecs_load_brotli)
}
