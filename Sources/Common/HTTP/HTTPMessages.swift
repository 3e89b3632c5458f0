/// What is sent. The URL is complete and percent-encoded, and goes out as it is, `..` and all.
package struct HTTPRequest: Sendable {
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// That many bytes of an open regular file, from some byte on. Whoever sends them keeps it open.
    case file(descriptor: Int32, from: Int64 = 0, bytes: Int64)

    package var count: Int64 {
      switch self {
      case .none: 0
      case .bytes(let bytes): Int64(bytes.count)
      case .file(_, _, let bytes): bytes
      }
    }
  }

  package var method: String
  package var url: String
  package var headers: [HTTPHeader]
  package var body: Body
  /// Seconds until all of it must be done; nil for as long as bytes keep coming.
  package var deadline: Double?
  /// Seconds of waiting as `HTTPSettings.idleTimeout` has them, for an answer that takes longer than others; a server may
  /// send a blank now and then meanwhile, and any byte starts them anew.
  package var idleTimeout: Double?

  package init(
    _ method: String, _ url: String, headers: [HTTPHeader] = [], body: Body = .none, deadline: Double? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadline = deadline
  }

  /// With the port, where the URL has one.
  package var host: String {
    let rest = url.drop { $0 != ":" }.dropFirst(3)
    return String(rest.prefix { $0 != "/" && $0 != "?" })
  }
}

package struct HTTPHeader: Equatable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// The head of an answer, and its body, still to be read.
package struct HTTPResponse {
  package let status: Int
  /// As they came, in all at most 64 KiB.
  package let headers: [HTTPHeader]
  package let body: HTTPBody

  /// The value of the first header of that name, in whatever case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.utf8.elementsEqual(name.utf8, by: Self.isSameLetter) }?.value
  }

  private static func isSameLetter(_ a: UInt8, _ b: UInt8) -> Bool {
    a == b || a ^ b == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(a | 0x20)
  }
}
