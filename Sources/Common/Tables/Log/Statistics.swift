internal import JSON

/// A file's statistics in the log (PROTOCOL.md of Delta Lake, "Per-file Statistics"):
///
///     {"numRecords":3,"minValues":{...},"maxValues":{"at":"2026-05-04T10:05:00.000Z"},"nullCount":{"at":0}}
enum Statistics {
  /// The greatest value of a column of times, from the object that comes next; nil where it is not said.
  static func greatest(_ scanner: inout JSONScanner, of column: [UInt8]) throws(JSONError) -> FileAction
    .Greatest?
  {
    let token = try scanner.next()
    guard token == .beginObject else {
      try scanner.skipRest(of: token)
      return nil
    }
    var (time, rows, nulls): (Int64?, Int?, Int?) = (nil, nil, nil)
    while try scanner.next() == .name {
      if scanner.raw.equals("maxValues") {
        time = try member(&scanner, column) { TimeText.seconds($0) }
      } else if scanner.raw.equals("nullCount") {
        nulls = try member(&scanner, column) { Int($0) }
      } else if scanner.raw.equals("numRecords") {
        let token = try scanner.next()
        rows = token == .number ? Int(String(decoding: scanner.raw, as: UTF8.self)) : nil
        try scanner.skipRest(of: token)
      } else {
        try scanner.skipValue()
      }
    }
    if let time { return .time(time) }
    return rows.map { $0 == (nulls ?? 0) } ?? false ? .some(.none) : nil
  }

  /// One member of the object that comes next.
  private static func member<T>(
    _ scanner: inout JSONScanner, _ name: [UInt8], _ convert: (String) -> T?
  ) throws(JSONError) -> T? {
    let token = try scanner.next()
    guard token == .beginObject else {
      try scanner.skipRest(of: token)
      return nil
    }
    var found: T?
    while try scanner.next() == .name {
      let isWanted = scanner.raw.elementsEqual(name)
      let token = try scanner.next()
      if isWanted, token == .string || token == .number {
        found = convert(String(decoding: scanner.raw, as: UTF8.self))
      }
      try scanner.skipRest(of: token)
    }
    return found
  }
}
