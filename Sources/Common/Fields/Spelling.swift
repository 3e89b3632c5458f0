/// Words from outside, in a message for a person.
enum Spelling {
  /// The word in quotes, short enough for one line, with nothing in it that moves a terminal's cursor.
  static func quoted(_ word: String) -> String {
    let most = 60
    var shown = ""
    for scalar in word.unicodeScalars.prefix(most) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return "'\(shown)\(word.unicodeScalars.count > most ? "..." : "")'"
  }

  /// The choice that `word` was most likely meant to be: one with at most two slips in it, and fewer than letters.
  static func nearest(to word: String, of choices: [String]) -> String? {
    let letters = Array(word.lowercased().utf8)
    guard letters.count <= 20 else { return nil }
    let distances = choices.map { (choice: $0, slips: slips(letters, Array($0.utf8))) }
    guard let best = distances.min(by: { $0.slips < $1.slips }) else { return nil }
    return best.slips <= 2 && best.slips < best.choice.utf8.count - 1 ? best.choice : nil
  }

  /// Levenshtein's distance, a row at a time, in which two letters that changed places are one slip.
  private static func slips(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var slips = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { slips = min(slips, beforeLast[j - 1] + 1) }
        row.append(slips)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
