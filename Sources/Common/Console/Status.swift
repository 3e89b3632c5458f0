/// What is being done, as one line for a person.
struct Status: Equatable {
  /// What is being done alone.
  var text = "starting"
  /// What is done at once, in the order that it was begun in: it stands in place of the text as long as there is any.
  private var parts: [Part] = []
  /// Why it does not go on just now: a part, by its name; all of it, by none.
  private var troubles: [String: String] = [:]

  private struct Part: Equatable {
    let name: String
    var text: String
  }

  /// Nil: it is over.
  mutating func set(_ text: String?, of part: String) {
    let place = parts.firstIndex { $0.name == part }
    switch (text, place) {
    case (let text?, let place?): parts[place].text = text
    case (let text?, nil): parts.append(Part(name: part, text: text))
    case (nil, let place?): parts.remove(at: place)
    case (nil, nil): break
    }
  }

  mutating func set(trouble: String?, of part: String) { troubles[part] = trouble }

  var line: String {
    let names = parts.map(\.name)
    let texts = parts.isEmpty ? [text] : parts.map { $0.text + (troubles[$0.name].map { ": \($0)" } ?? "") }
    let others = troubles.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }.map { name, reason in
      name.isEmpty ? reason : "\(name): \(reason)"
    }
    return ([texts.joined(separator: "; ")] + others).joined(separator: parts.count > 1 ? "; " : ": ")
  }
}
