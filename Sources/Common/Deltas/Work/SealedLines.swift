internal import Bytes
internal import Lines

/// Lines of a file of ours, which a head opens and a checksum closes: what was cut short or damaged is found out.
///
///     #word  format=1  key=value ...
///     ...
///     #end   lines=n  crc=<CRC-32 of all lines before, in hex>
struct SealedLines {
  let head: Receipt
  /// Without their newlines.
  let lines: [ArraySlice<UInt8>]

  static func text(_ head: Receipt, _ lines: [String]) -> String {
    let text = ([head.text] + lines).joined(separator: "\n") + "\n"
    return text + end(of: Array(text.utf8)[...], lines: lines.count)
  }

  private static func end(of text: ArraySlice<UInt8>, lines: Int) -> String {
    "#end\tlines=\(lines)\tcrc=\(String(CRC32.checksum(Array(text)), radix: 16))\n"
  }

  /// Nil where it isn't whole, or of another word or format.
  init?(_ bytes: [UInt8], _ word: String, format: Int) {
    let newline = UInt8(ascii: "\n")
    guard let cut = bytes.dropLast().lastIndex(of: newline) else { return nil }
    var lines = bytes[..<cut].split(separator: newline, omittingEmptySubsequences: false)[...]
    guard let first = lines.popFirst(), let head = Receipt(Substring(decoding: first, as: UTF8.self)),
      head.word == word, head["format"] == String(format),
      bytes[(cut + 1)...].elementsEqual(Self.end(of: bytes[...cut], lines: lines.count).utf8)
    else { return nil }
    self.head = head
    self.lines = Array(lines)
  }

  /// The fields of each line; nil where one has not that many.
  func columns(_ count: Int) -> [[String]]? {
    var rows: [[String]] = []
    for line in lines {
      let columns = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard columns.count == count else { return nil }
      rows.append(columns.map { String(decoding: $0, as: UTF8.self) })
    }
    return rows
  }
}

extension Receipt {
  /// The number of a field; nil where there is none.
  func count(_ key: String) -> Int? { self[key].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}
