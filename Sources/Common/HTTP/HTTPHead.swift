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
    let line = bytes.filter { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    if line.starts(with: Self.protocolName) { return begin(String(decoding: line, as: UTF8.self)) }
    if line.isEmpty {
      // 100 Continue and its like are followed by another head.
      isComplete = status >= 200
      return true
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
    headers.append(HTTPHeader(Self.text(line[..<colon]), Self.text(line[(colon + 1)...].trimmingBlanks)))
    return true
  }

  private static let protocolName = Array("HTTP/".utf8)

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

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

extension ArraySlice<UInt8> {
  fileprivate var trimmingBlanks: ArraySlice<UInt8> {
    var rest = drop { $0 == 0x20 || $0 == 0x09 }
    while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return rest
  }
}
