internal import Glibc
internal import JSON

/// Reads the lines of commits and checkpoints: one action each. In a checkpoint the others are there too, as nulls.
struct ActionReader: ~Copyable {
  /// Whose greatest value is wanted.
  private let timeColumn: [UInt8]?
  private(set) var file = FileAction()
  private(set) var text = JSONText()
  private var scratch = JSONText()

  init(timeColumn: String?) { self.timeColumn = timeColumn.map { Array($0.utf8) } }

  /// Nil where it is none that matters.
  mutating func read(_ line: UnsafeRawBufferPointer) throws(ActionError) -> Action? {
    let action: Result<Action?, ActionError>
    do throws(JSONError) { action = try actions(line) } catch { throw ActionError(error) }
    return try action.get()
  }

  private mutating func actions(_ line: UnsafeRawBufferPointer) throws(JSONError) -> Result<
    Action?, ActionError
  > {
    var scanner = JSONScanner(line)
    guard try scanner.next() == .beginObject else { return .failure(ActionError("it is no object")) }
    var found: Action?
    while try scanner.next() == .name {
      let kind = Kind(scanner.raw)
      let token = try scanner.next()
      guard token == .beginObject, let kind else {
        try scanner.skipRest(of: token)
        continue
      }
      guard found == nil else { return .failure(ActionError("it has two actions")) }
      switch try action(kind, &scanner) {
      case .success(let action): found = action
      case .failure(let error): return .failure(error)
      }
    }
    _ = try scanner.next()
    return .success(found)
  }

  private enum Kind {
    case add, remove, `protocol`, metadata, commitInfo, sidecar

    init?(_ name: UnsafeRawBufferPointer) {
      if name.equals("add") {
        self = .add
      } else if name.equals("remove") {
        self = .remove
      } else if name.equals("protocol") {
        self = .protocol
      } else if name.equals("metaData") {
        self = .metadata
      } else if name.equals("commitInfo") {
        self = .commitInfo
      } else if name.equals("sidecar") {
        self = .sidecar
      } else {
        return nil
      }
    }
  }

  /// Of the object that was just opened.
  private mutating func action(_ kind: Kind, _ scanner: inout JSONScanner) throws(JSONError) -> Result<
    Action, ActionError
  > {
    switch kind {
    case .add: return try readFile(&scanner, isAdd: true).map { .add }
    case .remove: return try readFile(&scanner, isAdd: false).map { .remove }
    case .protocol: return .success(.protocol(try value(&scanner)))
    case .metadata: return .success(.metadata(try value(&scanner)))
    case .commitInfo:
      let info = try value(&scanner)
      let time = info["inCommitTimestamp"]?.integer ?? info["timestamp"]?.integer
      return .success(.commitInfo(time.map { Int64($0) }))
    case .sidecar:
      guard let path = try value(&scanner)["path"]?.string else {
        return .failure(ActionError("a sidecar has no path"))
      }
      return .success(.sidecar(path))
    }
  }

  private mutating func value(_ scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
    scratch.removeAll()
    try scanner.copyValue(.beginObject, to: &scratch)
    return try JSONValue.parse(scratch.bytes)
  }

  /// What was found wrong with a file's members, which are all read nevertheless.
  private enum Member { case right, wrong, missing }

  private mutating func readFile(
    _ scanner: inout JSONScanner, isAdd: Bool
  ) throws(JSONError) -> Result<Void, ActionError> {
    file = FileAction()
    text.removeAll()
    var (path, size, modified, vector) = (Member.missing, Member.missing, Member.missing, Member.right)
    var statistics: FileAction.Greatest?
    while try scanner.next() == .name {
      if scanner.raw.equals("path") {
        path = try readPath(&scanner)
      } else if scanner.raw.equals("partitionValues") {
        try readPartitionValues(&scanner)
      } else if scanner.raw.equals("size") {
        size = try Self.number(&scanner, to: &file.size)
      } else if scanner.raw.equals("modificationTime") {
        modified = try Self.number(&scanner, to: &file.modified)
      } else if scanner.raw.equals("dataChange") {
        file.isDataChange = try scanner.next() != .false
      } else if scanner.raw.equals("deletionVector") {
        vector = try readVector(&scanner)
      } else if let column = timeColumn, scanner.raw.equals("stats") {
        statistics = try readStatistics(&scanner, column) ?? statistics
      } else if let column = timeColumn, scanner.raw.equals("stats_parsed") {
        statistics = try Statistics.greatest(&scanner, of: column) ?? statistics
      } else {
        try scanner.skipValue()
      }
    }
    file.greatest = statistics ?? .unknown
    if path != .right { return .failure(ActionError("a file has no path")) }
    if vector == .wrong { return .failure(ActionError("a file's deletion vector is malformed")) }
    if isAdd && (size != .right || file.size < 0) { return .failure(ActionError("a file has no size")) }
    if isAdd && modified != .right { return .failure(ActionError("a file has no modification time")) }
    return .success(())
  }

  private mutating func readPath(_ scanner: inout JSONScanner) throws(JSONError) -> Member {
    let token = try scanner.next()
    guard token == .string else {
      try scanner.skipRest(of: token)
      return .wrong
    }
    let start = text.count
    text.append(unescaping: scanner.raw)
    file.path = start..<text.count
    return .right
  }

  private static func number(_ scanner: inout JSONScanner, to number: inout Int64) throws(JSONError) -> Member
  {
    let token = try scanner.next()
    guard token == .number, let value = Int64(String(decoding: scanner.raw, as: UTF8.self)) else {
      try scanner.skipRest(of: token)
      return .wrong
    }
    number = value
    return .right
  }

  private mutating func readPartitionValues(_ scanner: inout JSONScanner) throws(JSONError) {
    let token = try scanner.next()
    guard token == .beginObject else { return try scanner.skipRest(of: token) }
    let start = text.count
    try scanner.copyValue(token, to: &text)
    file.partitionValues = start..<text.count
  }

  private mutating func readVector(_ scanner: inout JSONScanner) throws(JSONError) -> Member {
    let token = try scanner.next()
    guard token == .beginObject else {
      try scanner.skipRest(of: token)
      return token == .null ? .right : .wrong
    }
    file.vector = Vector(try value(&scanner))
    return file.vector == nil ? .wrong : .right
  }

  /// A JSON text in a string; one that is malformed says nothing.
  private mutating func readStatistics(
    _ scanner: inout JSONScanner, _ column: [UInt8]
  ) throws(JSONError) -> FileAction.Greatest? {
    let token = try scanner.next()
    guard token == .string else {
      try scanner.skipRest(of: token)
      return nil
    }
    scratch.removeAll()
    scratch.append(unescaping: scanner.raw)
    var statistics = JSONScanner(scratch.bytes)
    return try? Statistics.greatest(&statistics, of: column)
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount, let base = baseAddress else { return false }
    return memcmp(base, text.utf8Start, count) == 0
  }
}
