internal import Partitions

/// Times as a table's log writes them: `2026-05-04`, `2026-05-04 10:05:00`, `2026-05-04T10:05:00.123456Z`, or with an
/// offset. One without a zone is taken for UTC.
enum TimeText {
  /// Seconds since 1970, a fraction dropped; nil for what is no such time, or of a year that is not from 1 to 9999.
  static func seconds(_ text: String) -> Int64? {
    let bytes = text.utf8
    guard bytes.count >= 10, bytes.prefix(4).allSatisfy(isDigit) else { return nil }
    if bytes.count == 10 { return instant(text + "T00:00:00Z") }
    let clock = bytes.dropFirst(11)
    let hasZone = clock.contains {
      [UInt8(ascii: "Z"), UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0)
    }
    return instant(hasZone ? text : text + "Z")
  }

  private static func instant(_ text: String) -> Int64? {
    (try? Instant(parsing: text, now: Instant(seconds: 0)))?.seconds
  }
}

extension TimeText {
  /// `2026-05-04T10:05:00`, in UTC.
  static func text(_ seconds: Int64) -> String { String(Instant(seconds: seconds).description.dropLast()) }
}
