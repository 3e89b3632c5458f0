/// The head of an answer as it comes, line by line.
struct HTTPHead {
  static let limit = 64 << 10

  private(set) var status = 0
  private(set) var headers: [HTTPHeader] = []
  /// The empty line behind the last head has come.
  private(set) var isComplete = false
  private var size = 0

  /// False when it is malformed, or larger than the limit. Trailers are counted, and forgotten.
  mutating func add(line bytes: UnsafeRawBufferPointer) -> Bool {
    size += bytes.count
    guard size <= Self.limit else { return false }
    if isComplete { return true }
    let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
    if line.hasPrefix("HTTP/") { return begin(line) }
    if line.isEmpty {
      // 100 Continue and its like are followed by another head.
      isComplete = status >= 200
      return true
    }
    guard let colon = line.firstIndex(of: ":") else { return false }
    let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
    headers.append(HTTPHeader(String(line[..<colon]), String(value)))
    return true
  }

  private mutating func begin(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[1].utf8.count == 3, let code = Int(words[1]), code >= 100 else {
      return false
    }
    status = code
    headers = []
    return true
  }
}

extension Substring {
  fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
    var rest = drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
