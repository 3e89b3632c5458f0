internal import Glibc

/// Times as AWS writes them; seconds since 1970 otherwise.
enum AWSTime {
  /// `20260504T101142Z`
  static func compact(_ time: Int64) -> String {
    var seconds = time_t(time)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2) + "T"
      + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2) + "Z"
  }

  /// `2026-05-04T10:11:42Z`, `2026-05-04T10:11:42.123Z`
  static func parseISO(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBufferPointer(ISOTime.parse) }

  /// `Mon, 04 May 2026 10:11:42 GMT`
  static func parseHTTP(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT" else { return nil }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let month = months.firstIndex(of: String(words[2])).map { Int32($0 + 1) }
    return seconds(year: words[3], month: month, day: words[1], time: words[4].split(separator: ":")[...])
  }

  private static func seconds(
    year: Substring, month: Int32?, day: Substring, time: ArraySlice<Substring>
  ) -> Int64? {
    let numbers = ([year, day] + time).map { Int32($0) ?? -1 }
    guard numbers.count == 5, let month, (1...12).contains(month), (1970...9999).contains(numbers[0]) else {
      return nil
    }
    guard (1...31).contains(numbers[1]), (0...23).contains(numbers[2]) else { return nil }
    guard (0...59).contains(numbers[3]), (0...60).contains(numbers[4]) else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, month - 1, numbers[1])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
    return Int64(timegm(&parts))
  }

  static func now() -> Int64 { Int64(time(nil)) }
}
