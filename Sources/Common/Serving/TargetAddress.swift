internal import Bytes
internal import Failures

/// Where a target is: `KIND+http(s)://host[:port][/prefix...]/NAME`, without a secret.
///
/// | kind | what its server wants | NAME |
/// |---|---|---|
/// | solr | a prefix, as a rule `/solr` | letters, digits, `_`, `-`, `.` |
/// | elasticsearch, opensearch | | percent-encoded; nothing that would stand for several indexes |
struct TargetAddress: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable { case solr, elasticsearch, opensearch }

  let kind: Kind
  /// http(s)://host[:port][/prefix]
  let base: String
  /// The collection, index or alias, decoded.
  let name: String

  /// As it is shown; one spelling of each.
  var text: String { "\(kind.rawValue)+\(base)/\(PercentEncoding.encodeForURI(name.utf8))" }

  /// Nil for what is no address of these kinds; 64 for a bad one.
  init?(_ argument: String) throws(Failure) {
    let parts = argument.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let words = parts[0].lowercased().split(
      separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = words.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
    let form = "\(kind.rawValue)+http(s)://host[:port]\(kind == .solr ? "/solr/COLLECTION" : "/INDEX")"
    guard words.count == 2, words[1] == "http" || words[1] == "https" else {
      throw Self.failure(argument, "it is not \(form)")
    }
    let server = try ServingBase("\(words[1])://\(parts[1])").text
    let path = server.dropFirst(words[1].utf8.count + 3).drop { $0 != "/" }.split(separator: "/")
    guard let last = path.last, !path.contains(where: Self.isStep), kind != .solr || path.count > 1
    else { throw Self.failure(argument, "it is not \(form)") }
    guard let bytes = PercentEncoding.decode(last), let name = String(validating: bytes, as: UTF8.self),
      kind == .solr ? Self.isCollection(name) : Self.isIndex(name)
    else {
      throw Self.failure(
        argument, "its last part can't be the name of \(kind == .solr ? "a collection" : "an index")")
    }
    (self.kind, self.name) = (kind, name)
    base = try ServingBase(String(server.dropLast(last.utf8.count))).text
  }

  /// `.` or `..`, however they are spelled.
  private static func isStep(_ component: Substring) -> Bool {
    let bytes = PercentEncoding.decode(component) ?? []
    return bytes.count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: ".") }
  }

  private static func failure(_ argument: String, _ reason: String) -> Failure {
    Failure(.usage, cannot: "use", ServingAnswer.line(argument), because: reason)
  }

  /// The names that Solr gives to collections and aliases.
  private static func isCollection(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: "-")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// One name: no pattern, list or date math, and none that is a path of the server's own.
  private static func isIndex(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 255, !"-_+".utf8.contains(first) else {
      return false
    }
    return name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\\/*?\"<>|,#:".utf8.contains($0) }
  }
}
