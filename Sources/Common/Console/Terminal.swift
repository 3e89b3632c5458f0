internal import Glibc

/// What is said to a person, on stderr.
package struct Console: Sendable {
  package let tool: String
  package let verbose: Bool
  package let quiet: Bool

  package init(_ tool: String, _ options: CommonOptions) {
    self.tool = tool
    verbose = options.verbose
    quiet = options.quiet
  }

  /// One line, unless `-q` was given.
  package func note(_ message: String) { if !quiet { Terminal.say("\(tool): \(message)") } }

  /// What is being done now: said at SIGUSR1 and, unless `-q` was given, on a terminal, where that is ours alone.
  package func status(_ status: String, unasked: Bool = true) {
    StatusLine.update(isNews: unasked && !quiet) { $0.text = status }
  }

  /// One of several things that are done at once; nil when it is over.
  package func status(_ status: String?, of part: String) {
    StatusLine.update(isNews: status == nil ? nil : !quiet) { $0.set(status, of: part) }
  }

  /// What keeps it, or that part of it, from going on just now, said with the status; nil when that is over.
  package func trouble(_ reason: String?, of part: String = "") {
    StatusLine.update(isNews: reason == nil ? nil : !quiet) { $0.set(trouble: reason, of: part) }
  }

  /// One line at the end of the process, however it ends, as `detail` has it; none where there is nothing to say.
  package func atEnd(_ message: @escaping @Sendable () -> String?) {
    if verbose && !quiet { LastWords.add { [tool] in message().map { "\(tool): \($0)" } } }
  }

  /// One line, where `-v` was given, and `-q` was not.
  package func detail(_ message: @autoclosure () -> String) {
    if verbose && !quiet { Terminal.say("\(tool): \(message())") }
  }
}

package enum Terminal {
  /// Control characters never reach a terminal raw.
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What may be said to a person, whatever is in it.
  static func presentable(_ text: String) -> String { escaped(withoutKeys(text)) }

  /// Some tools take `s3://KEY:SECRET@BUCKET`, or `s3a://`; freshet does not, and does not repeat it. A bucket's name has
  /// neither `:` nor `@` in it; where it seems to, nothing is shown of the word that it stands in. Nor is it of any
  /// other address with an `@`.
  private static func withoutKeys(_ text: String) -> String {
    let parts = text.split(separator: "://", omittingEmptySubsequences: false)
    return zip(parts, parts.dropFirst()).reduce(String(parts.first ?? "")) { result, pair in
      let (before, part) = pair
      let scheme = before.split { !$0.isLetter && !$0.isNumber }.last ?? ""
      var word = part.prefix { !$0.isWhitespace && $0 != "'" }
      if word.last == ":" { word.removeLast() }
      let name = word.prefix { $0 != "/" }
      let hasKeys =
        scheme.lowercased().hasPrefix("s3")
        ? name.contains("@") || name.contains(":") : word.contains("@")
      return result + "://" + (hasKeys ? "..." + part.dropFirst(word.count) : part)
    }
  }

  /// One line to stderr by one write, so that the lines of several processes do not mix.
  package static func say(_ line: String) {
    let bytes = Array((presentable(line) + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }
}

package enum Environment {
  /// The variable's value; nil where it is unset or empty.
  package static func value(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
