internal import Bytes
package import JSON

/// Where a target is, and how to speak with it.
package struct SessionOptions: Sendable {
  /// How long a request that fails for the moment, or that the server is too busy for, is sent again; seconds.
  package var patience = 60.0
  /// The file of credentials (freshet(7)); read again for each request that was refused with 401.
  package var credentials: String?
  /// PEM files.
  package var certificates: String?
  package var clientCertificate: String?
  package var clientKey: String?
  /// Whether bodies are compressed where the server takes that.
  package var compresses = true
  package var note: @Sendable (String) -> Void = { _ in }
  package var detail: @Sendable (String) -> Void = { _ in }
  package var waiting: @Sendable (String?) -> Void = { _ in }

  package init() {}
}

package struct ServingRequest: Sendable {
  package var method: String
  /// Percent-encoded, below the base URL, with its query.
  package var path: String
  package var contentType: String?
  package var body: [UInt8] = []
  /// Whether the server takes gzip.
  package var mayCompress = false
  /// What can't be done where it fails: `cannot VERB http://host/path: reason`.
  package var verb = "ask"
  /// Seconds that the answer may stand still, where it takes longer than others.
  package var idleTimeout: Double?
  /// Bytes that the answer may have: more of one that is in proportion to what was asked.
  package var longestAnswer = 16 << 20

  package init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
  }
}

package struct ServingAnswer: Sendable {
  package let status: Int
  package let body: [UInt8]
  /// What is never shown, should the server repeat it.
  private let hidden: [String]

  init(status: Int, body: [UInt8], hidden: [String] = []) {
    self.status = status
    self.body = body
    self.hidden = hidden
  }

  /// The body as JSON; nil where it is none.
  package var json: JSONValue? { try? JSONValue.parse(body) }

  /// The status, and why, as far as the server says: `400 no such field: brand`.
  package var label: String { reason.isEmpty ? "\(status)" : "\(status) \(reason)" }

  /// Why the server refuses, in its own words and in one line: of JSON as Elasticsearch and Solr have it, or the beginning
  /// of any other text; empty of a page of HTML.
  package var reason: String { json.map { reason(of: $0["error"] ?? $0) } ?? line(Self.text(of: body)) }

  /// Of an error in it, of Elasticsearch with its innermost cause, `mapper_parsing_exception: failed to parse: not a number`; of
  /// Solr its `msg`.
  package func reason(of error: JSONValue) -> String {
    if let text = error.string ?? error["msg"]?.string { return line(text) }
    var parts = [error["type"]?.string, error["reason"]?.string].compactMap { $0 }
    var cause = error
    var levels = 0
    while let inner = cause["caused_by"], levels < 16 { (cause, levels) = (inner, levels + 1) }
    if levels > 0, let innermost = cause["reason"]?.string, innermost != parts.last {
      parts.append(innermost)
    }
    return line(parts.joined(separator: ": "))
  }

  /// One line of any text in it, without the secret that it was asked with: whatever a server says comes through here.
  package func line(_ text: String) -> String {
    var text = text
    for word in hidden where !word.isEmpty { text = text.replacing(word, with: "***") }
    return Self.line(text)
  }

  /// Scalars of a line that is shown.
  private static let longestLine = 300

  /// One line of at most so many scalars, without what would disturb a terminal.
  package static func line(_ text: String) -> String {
    let words = text.unicodeScalars.prefix(2000).split { disturbs($0) || $0 == " " }
    let line = String.UnicodeScalarView(words.joined(separator: CollectionOfOne(" " as Unicode.Scalar)))
    return line.count > longestLine ? String(line.prefix(longestLine)) + "..." : String(line)
  }

  /// A document's id as it is shown: what would disturb a terminal, or is no text, percent-encoded.
  package static func name(of id: some Collection<UInt8>) -> String {
    let text = PercentEncoding.encodeForLine(id.prefix(longestLine)).unicodeScalars.map { scalar in
      disturbs(scalar) ? PercentEncoding.encodeForURI(String(scalar).utf8) : String(scalar)
    }
    return text.joined() + (id.count > longestLine ? "..." : "")
  }

  private static func disturbs(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  private static func text(of body: [UInt8]) -> String {
    let text = String(decoding: body, as: UTF8.self)
    return text.drop { $0.isWhitespace }.first == "<" ? "" : text
  }
}
