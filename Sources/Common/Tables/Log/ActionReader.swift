internal import Glibc
internal import JSON

/// Reads the lines of commits and checkpoints: one action each. In a checkpoint the others are there too, as nulls.
struct ActionReader: ~Copyable {
  /// Whose greatest value is wanted.
  private let timeColumn: [UInt8]?
  private(set) var file = FileAction()
  private(set) var text = JSONText()
  private var scratch = JSONText()
  /// Why the line is no action: a clause. JSON that is malformed comes first.
  private var fault: String?

  init(timeColumn: String?) { self.timeColumn = timeColumn.map { Array($0.utf8) } }

  /// Nil where it is none that matters.
  mutating func read(_ line: UnsafeRawBufferPointer) throws(ActionError) -> Action? {
    fault = nil
    let action: Action?
    do throws(JSONError) { action = try self.action(line) } catch { throw ActionError(error) }
    if let fault { throw ActionError(fault) }
    return action
  }

  private mutating func action(_ line: UnsafeRawBufferPointer) throws(JSONError) -> Action? {
    var scanner = JSONScanner(line)
    guard try scanner.next() == .beginObject else { return refuse("it is no object") }
    var found: Action?
    while try scanner.next() == .name {
      let kind = Kind(scanner.raw)
      let token = try scanner.next()
      guard token == .beginObject, let kind else {
        try scanner.skipRest(of: token)
        continue
      }
      guard found == nil else { return refuse("it has two actions") }
      found = try action(kind, &scanner)
      if fault != nil { return nil }
    }
    _ = try scanner.next()
    return found
  }

  private mutating func refuse(_ reason: String) -> Action? {
    fault = reason
    return nil
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
  private mutating func action(_ kind: Kind, _ scanner: inout JSONScanner) throws(JSONError) -> Action? {
    switch kind {
    case .add:
      try readFile(&scanner, isAdd: true)
      return .add
    case .remove:
      try readFile(&scanner, isAdd: false)
      return .remove
    case .protocol: return .protocol(try value(&scanner))
    case .metadata: return .metadata(try value(&scanner))
    case .commitInfo:
      let info = try value(&scanner)
      let time = info["inCommitTimestamp"]?.integer ?? info["timestamp"]?.integer
      return .commitInfo(time.map { Int64($0) })
    case .sidecar:
      guard let path = try value(&scanner)["path"]?.string else { return refuse("a sidecar has no path") }
      return .sidecar(path)
    }
  }

  private mutating func value(_ scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
    scratch.removeAll()
    try scanner.copyValue(.beginObject, to: &scratch)
    return try JSONValue.parse(scratch.bytes)
  }

  /// What was found wrong with a file's members, which are all read nevertheless.
  private enum Member { case right, wrong, missing }

  private mutating func readFile(_ scanner: inout JSONScanner, isAdd: Bool) throws(JSONError) {
    file = FileAction()
    text.removeAll()
    var (path, size, modified, vector) = (Member.missing, Member.missing, Member.missing, Member.right)
    var (isSaid, statistics) = (Member.right, FileAction.Greatest?.none)
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
        isSaid = try readDataChange(&scanner)
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
    if path != .right {
      fault = "a file has no path"
    } else if vector == .wrong {
      fault = "a file's deletion vector is malformed"
    } else if isSaid == .wrong {
      fault = "a file's dataChange is neither true nor false"
    } else if isAdd && (size != .right || file.size < 0) {
      fault = "a file has no size"
    } else if isAdd && modified != .right {
      fault = "a file has no modification time"
    }
  }

  private mutating func readDataChange(_ scanner: inout JSONScanner) throws(JSONError) -> Member {
    let token = try scanner.next()
    // A checkpoint may leave it out, as a null in Parquet.
    guard token == .true || token == .false || token == .null else {
      try scanner.skipRest(of: token)
      return .wrong
    }
    file.isDataChange = token != .false
    return .right
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
