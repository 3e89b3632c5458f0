internal import Failures

/// The address of a server: `http(s)://host[:port][/prefix]`, without a slash at its end.
struct ServingBase {
  let text: String

  /// 64 where it is no such address, or has credentials in it: these would be in the list of processes.
  init(_ argument: String) throws(Failure) {
    let scheme = argument.hasPrefix("https://") ? "https://" : "http://"
    let rest = argument.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // Whatever stands before an @ may be a secret, where a slash is in it, too.
    if let at = rest.lastIndex(of: "@") {
      throw Failure(
        .usage, cannot: "use", scheme + "..." + rest[at...],
        because: "an address with credentials in it is refused; put them into a file: --credentials FILE")
    }
    guard argument.hasPrefix(scheme), Self.isAuthority(authority),
      Self.isPath(rest.dropFirst(authority.count))
    else {
      throw Failure(
        .usage, cannot: "use", ServingAnswer.line(argument),
        because: "it is not http(s)://host[:port][/prefix]")
    }
    text = scheme + Self.withoutSlashes(rest)
  }

  /// Whether what is sent there can be read on the way: http to another machine.
  static func isExposed(_ base: String) -> Bool {
    guard base.hasPrefix("http://") else { return false }
    let authority = base.dropFirst(7).prefix { $0 != "/" }
    return !["localhost", "127.", "[::1]"].contains { authority.hasPrefix($0) }
  }

  private static func withoutSlashes(_ text: Substring) -> Substring {
    var text = text
    while text.last == "/" { text.removeLast() }
    return text
  }

  private static func isAuthority(_ text: Substring) -> Bool {
    let isBracketed = text.first == "["
    if isBracketed, !text.contains("]") { return false }
    let host = isBracketed ? text.prefix { $0 != "]" } + "]" : text.prefix { $0 != ":" }
    let port = text.dropFirst(host.count)
    let isHost = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): isBracketed
      default: false
      }
    }
    return !host.isEmpty && isHost && (port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) ?? 0 > 0)
  }

  private static func isPath(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
  }
}
