internal import JSON

/// What one line of a log says, as far as it matters here.
enum Action {
  /// Of the file that `ActionReader.file` describes.
  case add
  case remove
  case `protocol`(JSONValue)
  case metadata(JSONValue)
  /// When the commit was made, in milliseconds since 1970, as it says itself.
  case commitInfo(Int64?)
  /// A file of the checkpoint that has more actions: its path, encoded.
  case sidecar(String)
}

/// The file of an `add` or a `remove`. Texts are ranges of the reader's `text`.
struct FileAction {
  /// As the log has it, encoded.
  var path = 0..<0
  /// Canonical JSON: an object; empty where there is none.
  var partitionValues = 0..<0
  var size: Int64 = 0
  /// Milliseconds since 1970.
  var modified: Int64 = 0
  var isDataChange = true
  var vector: Vector?
  /// The greatest value of the time column.
  var greatest = Greatest.unknown

  enum Greatest: Equatable {
    case unknown
    /// No row has one.
    case none
    case time(Int64)
  }
}

/// A deletion vector, as the log describes it.
struct Vector: Hashable {
  /// `u`, `i` or `p`.
  let storage: String
  let path: String
  let offset: Int?
  let bytes: Int
  let rows: Int

  /// Nil where it is not as the protocol has it.
  init?(_ value: JSONValue) {
    guard let storage = value["storageType"]?.string, let path = value["pathOrInlineDv"]?.string,
      let bytes = value["sizeInBytes"]?.integer, let rows = value["cardinality"]?.integer, bytes >= 0,
      rows >= 0,
      let offset = Self.offset(value["offset"] ?? .null)
    else { return nil }
    self.storage = storage
    self.path = path
    self.offset = offset
    self.bytes = bytes
    self.rows = rows
  }

  /// What tells two of the same file apart.
  var id: String { offset.map { "\(storage)\(path)@\($0)" } ?? storage + path }

  private static func offset(_ value: JSONValue) -> Int?? {
    if value == .null { return .some(nil) }
    guard let offset = value.integer, offset >= 0 else { return nil }
    return offset
  }
}

/// Why a line can't be read: a clause.
struct ActionError: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
  init(_ error: JSONError) { reason = "\(error.reason) at byte \(error.offset + 1)" }
}
