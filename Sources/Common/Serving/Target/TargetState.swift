internal import Bytes
package import JSON
internal import Partitions

/// What a target was told, kept in the target itself. One JSON object:
///
///     {"format":1,"generation":812,"lineage":"<32 hex>","position":"2026-05-04T10:05:00Z","index":["s3://b/index/generations/812-….json"],
///      "base":null,"batch":812,"taking":[{"generation":813,"index":["…"],"base":null}],"version":813,"shared":false,"lost":false}
///
/// `index` names the state that it has: a generation, or a base's build and a delta's. `base` is the position of a base's build,
/// or "" where it has none; null: there is no such build.
/// `batch` is the newest generation that was not only a base.
/// `taking` are those that somebody began to send since, the newest last: the target may have any part of each. `version` is the
/// highest that any document was sent with: it never goes back, as generations do when a destination is begun anew.
/// `shared`: there were documents of others before ours. `lost`: what it has must be asked of it: not all that was begun is named,
/// or somebody else has changed it.
package struct TargetState: Equatable, Sendable {
  package struct Taken: Equatable, Sendable {
    package var generation: Int
    package var index: [String]
    /// The position of the base's build that is the first of `index`, or empty; nil: it is none.
    package var base: String?

    package init(generation: Int, index: [String], base: String? = nil) {
      self.generation = generation
      self.index = index
      self.base = base
    }

    /// Nothing yet. Of generation 0 is also what is of another lineage than the one that is being sent.
    package static let nothing = Taken(generation: 0, index: [])

    /// Whether it follows the generations of a destination, and does not count its own.
    package var isPublished: Bool {
      let folders = index.first?.split(separator: "/").dropLast() ?? []
      return generation > 0 && index.count == 1 && folders.last == "generations"
    }

    /// The name of the generation's file, which has a part of its hash, wherever it lies.
    var fileName: Substring { index.first?.split(separator: "/").last ?? "" }
  }

  package var taken: Taken
  package private(set) var begun: [Taken] = []
  package var batch: Int
  package var lineage = ""
  package var position = ""
  package var version = 0
  package var shared = false
  package private(set) var isLost = false

  package init(taken: Taken) { (self.taken, batch) = (taken, taken.generation) }

  /// The newest that was begun and not ended.
  package var taking: Taken? { begun.last }

  /// Whether a publisher that was overtaken may have sent something of an older state behind what is taken.
  var isDoubtful: Bool { taking.map { $0.generation <= taken.generation } ?? false }

  /// So many can be begun and not ended before what the target has must be asked of it.
  private static let mostBegun = 8

  package mutating func begin(_ next: Taken) {
    begun.removeAll { $0 == next }
    begun.append(next)
    if begun.count > Self.mostBegun {
      begun.removeFirst()
      isLost = true
    }
  }

  /// What a publisher has sent that was overtaken meanwhile: it may have come behind what is taken by now. Said also where it was
  /// begun before: whoever is at work on a newer one would end both, and so hears of it. False where it is the newest itself.
  mutating func add(sent: Taken) -> Bool {
    guard begun.last != sent else { return false }
    begun.insert(sent, at: 0)
    if begun.count > Self.mostBegun {
      begun.removeFirst()
      isLost = true
    }
    return true
  }

  /// What the target has is not what it was told.
  mutating func distrust() { isLost = true }

  package mutating func end() {
    taken = begun.last ?? taken
    (begun, isLost) = ([], false)
  }
}

// MARK: - JSON

extension TargetState {
  private static let format = 1
  private static let largest = 1 << 53
  private static let longest = 4096

  package var json: JSONValue {
    .object(
      [.init("format", .number(Self.format))] + Self.members(of: taken) + [
        .init("batch", .number(batch)), .init("lineage", .string(lineage)),
        .init("position", .string(position)),
        .init("taking", .array(begun.map { .object(Self.members(of: $0)) })),
        .init("version", .number(version)), .init("shared", .bool(shared)), .init("lost", .bool(isLost)),
      ])
  }

  private static func members(of taken: Taken) -> [JSONValue.Member] {
    [
      .init("generation", .number(taken.generation)),
      .init("index", .array(taken.index.map { .string($0) })),
      .init("base", taken.base.map { .string($0) } ?? .null),
    ]
  }

  /// Nil where it is no state, or one of a newer format.
  package init?(json: JSONValue) {
    guard json["format"]?.integer == Self.format, let taken = Self.taken(json),
      let lineage = json["lineage"]?.string, lineage.isEmpty || Hex.isWritten(lineage, digits: 32),
      let position = json["position"]?.string, Self.isPosition(position),
      case let batch = json["batch"]?.integer ?? taken.generation, (0..<Self.largest).contains(batch),
      let version = json["version"]?.integer, (0..<Self.largest).contains(version),
      let shared = json["shared"]?.bool, let isLost = json["lost"]?.bool,
      let taking = json["taking"]?.array, taking.count <= Self.mostBegun
    else { return nil }
    self.init(taken: taken)
    begun = taking.compactMap { Self.taken($0) }
    guard begun.count == taking.count else { return nil }
    (self.isLost, self.batch) = (isLost, batch)
    (self.lineage, self.position, self.version, self.shared) = (lineage, position, version, shared)
  }

  private static func taken(_ json: JSONValue) -> Taken? {
    guard let generation = json["generation"]?.integer, (0..<largest).contains(generation),
      let names = json["index"]?.array, names.count <= 2, generation == 0 || !names.isEmpty,
      let base = json["base"], base == .null || base.string.map(isPosition) ?? false
    else { return nil }
    let index = names.compactMap { name in
      name.string.flatMap { $0.utf8.count <= longest && Location($0) != nil ? $0 : nil }
    }
    return index.count == names.count ? Taken(generation: generation, index: index, base: base.string) : nil
  }

  private static func isPosition(_ text: String) -> Bool { text.isEmpty || Instant(line: text) != nil }
}
