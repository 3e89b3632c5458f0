// The names in `_delta_log/` (PROTOCOL.md of Delta Lake, "Delta Log Entries" and "Checkpoints"), version 10:
//
//     00000000000000000010.json                                               a commit
//     00000000000000000010.checkpoint.parquet                                 a checkpoint, "classic"
//     00000000000000000010.checkpoint.0000000001.0000000003.parquet           part 1 of 3 of a checkpoint
//     00000000000000000010.checkpoint.80a083e8-....json, or .parquet          a checkpoint by the second specification
//
// Everything else is none of ours: `_last_checkpoint`, `.crc`, `.compacted.json`, `_staged_commits/`, `_sidecars/`.

/// A file of the log, by its name.
struct LogName: Equatable {
  enum Kind: Equatable {
    case commit
    case checkpoint(isJSON: Bool)
    /// From 1.
    case part(Int, of: Int)
  }

  let version: Int64
  let kind: Kind

  /// Nil for a name that is none of the log's. So is one of the greatest number: each version has one behind it.
  init?(_ name: ArraySlice<UInt8>) {
    guard let version = Self.digits(name.prefix(Self.digitCount)).flatMap({ Int64($0) }), version < .max,
      let kind = Self.kind(String(decoding: name.dropFirst(Self.digitCount), as: UTF8.self))
    else { return nil }
    self.version = version
    self.kind = kind
  }

  /// Whether it is a commit of a version that no table can have.
  static func isBeyond(_ name: ArraySlice<UInt8>) -> Bool {
    guard let digits = digits(name.prefix(digitCount)), Int64(digits) ?? .max == .max else { return false }
    return kind(String(decoding: name.dropFirst(digitCount), as: UTF8.self)) == .commit
  }

  static let digitCount = 20

  /// What all names of a version begin with, and none of an earlier one is behind.
  static func start(of version: Int64) -> [UInt8] {
    let digits = Array(String(version).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(digitCount - digits.count, 0)) + digits
  }

  private static func digits(_ name: ArraySlice<UInt8>) -> String? {
    guard name.count == digitCount, name.allSatisfy(isDigit) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  private static func kind(_ rest: String) -> Kind? {
    if rest == ".json" { return .commit }
    let words = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count >= 3, words[0].isEmpty, words[1] == "checkpoint" else { return nil }
    switch words.count {
    case 3: return words[2] == "parquet" ? .checkpoint(isJSON: false) : nil
    case 4 where !words[2].isEmpty && (words[3] == "parquet" || words[3] == "json"):
      return .checkpoint(isJSON: words[3] == "json")
    case 5
    where words[4] == "parquet"
      && words[2...3].allSatisfy({ $0.utf8.count == 10 && $0.utf8.allSatisfy(isDigit) }):
      guard let part = Int(words[2]), let count = Int(words[3]), part >= 1, part <= count else { return nil }
      return .part(part, of: count)
    default: return nil
    }
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
