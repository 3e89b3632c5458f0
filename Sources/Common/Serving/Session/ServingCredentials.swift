internal import Bytes
internal import Failures
internal import Files
internal import Glibc
internal import Objects

/// A file of credentials: who we are to a server, by the beginning of its address. One a line; the longest that fits counts,
/// of equals the first; `#` begins a remark:
///
///     https://search.example.com:9200    basic      freshet:secret
///     https://logs.example.com/es        api-key    @/run/secrets/logs
///     https://                           bearer     @token              (beside this file)
///
/// Neither it nor a file that it names may be readable by others than their owner (77).
struct ServingCredentials: Sendable {
  private let file: String

  init(file: String) { self.file = file }

  /// Whether they can be others by now: what comes by a pipe is read once.
  var canChange: Bool {
    var status = stat()
    return stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Read anew each time; nil where none is for that address.
  func secret(for base: String) throws(Failure) -> ServingSecret? {
    CoreFile.forbid()
    var best: (prefix: String, words: [Substring])?
    // "\r\n" is one character.
    let lines = try read(file).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in lines.enumerated() {
      let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
      guard let first = words.first, first.first != "#" else { continue }
      guard words.count == 3, ServingSecret.Kind(rawValue: String(words[1])) != nil else {
        throw Failure(
          .configuration, cannot: "read", file,
          because: "line \(number + 1) is not: ADDRESS basic|api-key|bearer SECRET")
      }
      let prefix = Self.normal(first)
      if Self.isBeginning(prefix, of: Self.normal(base)), prefix.count > best?.prefix.count ?? -1 {
        best = (prefix, words)
      }
    }
    guard let best, let kind = ServingSecret.Kind(rawValue: String(best.words[1])) else { return nil }
    return try ServingSecret(kind, text: try text(best.words[2]), file: file)
  }

  /// The secret itself, or what is in the file that it names.
  private func text(_ word: Substring) throws(Failure) -> String {
    let bare = Self.trimmed(word.drop { $0.isWhitespace })
    guard bare.first == "@" else { return bare }
    let name = String(bare.dropFirst())
    let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
    return Self.trimmed(Substring(try read(name.hasPrefix("/") ? name : folder + name)))
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  private func read(_ path: String) throws(Failure) -> String {
    let descriptor = try Descriptor.reading(Array(path.utf8))
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw Failure(errno: errno, cannot: "read", path) }
    guard status.st_mode & 0o044 == 0 || status.st_mode & S_IFMT != S_IFREG else {
      throw Failure(
        .permission, cannot: "use", path,
        because: "others than its owner can read it; mend that: chmod 600 \(path)")
    }
    return String(
      decoding: try FileIO.readAll(descriptor.number, limit: 1 << 20, name: path), as: UTF8.self)
  }

  /// The scheme of http alone, in lower case up to the path, and no port that goes without saying.
  private static func normal(_ address: some StringProtocol) -> String {
    let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].last == ":", parts[1].isEmpty else { return String(address) }
    let scheme = parts[0].split(separator: "+").last.map { $0.lowercased() } ?? ""
    var authority = parts[2].prefix { $0 != "/" }.lowercased()
    let path = parts[2].dropFirst(authority.count)
    let usual = scheme == "https:" ? ":443" : ":80"
    if authority.hasSuffix(usual) { authority.removeLast(usual.count) }
    return scheme + "//" + authority + path
  }

  /// Not in the middle of a name: `https://search.example` is not of `https://search.example.org`, nor of another port's.
  private static func isBeginning(_ prefix: String, of base: String) -> Bool {
    guard base.hasPrefix(prefix) else { return base + "/" == prefix }
    return prefix.last == "/" || base.count == prefix.count || base.dropFirst(prefix.count).first == "/"
  }
}

/// What a request is sent with, and never printed.
struct ServingSecret: Equatable, Sendable {
  enum Kind: String { case basic, apiKey = "api-key", bearer }

  /// The value of the header `Authorization`.
  let header: String
  /// What must not be repeated in a message.
  let words: [String]

  init(_ kind: Kind, text: String, file: String) throws(Failure) {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
      kind != .basic || text.contains(":")
    else {
      let form = kind == .basic ? "user:password" : "one line of text"
      throw Failure(.configuration, cannot: "use", file, because: "a secret in it is not \(form)")
    }
    let encoded = Base64.encode(Array(text.utf8))
    switch kind {
    case .basic: header = "Basic " + encoded
    case .apiKey: header = "ApiKey " + text
    case .bearer: header = "Bearer " + text
    }
    let password = kind == .basic ? text.firstIndex(of: ":").map { String(text[$0...].dropFirst()) } : nil
    words = [text, encoded] + [password].compactMap { $0 }
  }
}
