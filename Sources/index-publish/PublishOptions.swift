internal import Bytes
internal import Console
internal import Failures
internal import Objects
internal import Partitions
internal import Publishing
internal import Serving

/// What the command line asks for, each part parsed.
struct PublishOptions: Sendable {
  enum Action {
    /// Nil: what standard input names.
    case publish(Location?)
    case rollback(Int)
    case position
    case list
    case collect
  }

  let action: Action
  /// The first one counts.
  let places: [Place]
  let asBase: Bool
  /// The position that a person gives to an index that has none.
  let to: Instant?
  /// Without its parent, which may be for the receipt to say.
  let order: Publisher.Order
  let targetOrder: TargetPublisher.Order
  let after: Int?
  /// How many old ones a collector keeps, and how old, in seconds, the others have to be.
  let keep: Int
  let grace: Int64
  let emptyFails: Bool
  let json: Bool
  let stores: Stores
  let console: Console

  init(_ command: IndexPublish) throws(Failure) {
    console = Console("index-publish", command.common)
    stores = try command.access.stores(console, cache: command.targets.cache)
    action = try Self.action(command)
    var times: [Instant] = []
    var names = command.destination.map { [$0] } ?? []
    for text in command.to {
      if let time = try Self.time(text) { times.append(time) } else { names.append(text) }
    }
    guard times.count < 2 else { throw Self.usage("--to: two positions") }
    to = times.first
    asBase = command.base
    order = try Self.order(command, patience: stores.settings.patience)
    targetOrder = try command.targets.order(order, asBase: asBase)
    places = try Self.places(names, command, stores, console)
    after = command.afterGeneration
    guard command.keep >= 0 else { throw Self.usage("--keep: not below 0") }
    keep = command.keep
    grace = try Span.seconds(command.grace, of: "--grace")
    emptyFails = command.emptyFails
    json = command.common.json
    try check(command)
  }

  /// Nil for a place. What a time begins with, and is none, would be a directory that nobody meant.
  private static func time(_ text: String) throws(Failure) -> Instant? {
    do throws(Failure) { return try Instant(parsing: text, now: .now) } catch {
      let isDate = text.count > 7 && zip("0000-00-", text).allSatisfy { $0 == "0" ? $1.isNumber : $0 == $1 }
      let isTime =
        isDate || text.allSatisfy(\.isNumber) || ["@", "now-", "now+"].contains(where: text.hasPrefix)
      guard isTime, !text.contains("/") else { return nil }
      throw usage("\(error.message); a directory of that name is ./\(text)")
    }
  }

  static func usage(_ message: String) -> Failure {
    Failure(.usage, message + " (see index-publish --help)")
  }

  private static func action(_ command: IndexPublish) throws(Failure) -> Action {
    var actions: [Action] = []
    if command.position { actions.append(.position) }
    if command.list { actions.append(.list) }
    if command.gc { actions.append(.collect) }
    if let number = command.rollback { actions.append(.rollback(number)) }
    guard actions.count < 2 else { throw usage("one of --position, --list, --gc and --rollback") }
    if let action = actions.first { return action }
    let index = try command.index.map { (text) throws(Failure) in
      guard let location = Location(argument: text) else { throw usage("--index: '\(text)' is no location") }
      return location
    }
    return .publish(index)
  }

  private static func places(
    _ names: [String], _ command: IndexPublish, _ stores: Stores, _ console: Console
  ) throws(Failure) -> [Place] {
    var places: [Place] = []
    let isLook = command.dryRun || command.position || command.list
    for name in names {
      let target = try command.targets.open(
        name, patience: stores.settings.patience, force: command.force, isLook: isLook, console)
      if let target {
        places.append(.target(target))
      } else if name == "-" {
        places.append(.output)
      } else if isScheme(name) {
        throw usage(
          "'\(name)' is no place that is known: s3://, or solr+, elasticsearch+ or opensearch+ before http(s)://;"
            + " a directory of that name is ./\(name)")
      } else if let location = Location(argument: name) {
        places.append(.destination(try Destination(location, stores: stores)))
      } else {
        throw usage("'\(name)' is neither a directory, nor an s3:// prefix, nor a target")
      }
    }
    return places
  }

  /// Whether it begins as an address does: what is mistyped must not become a directory.
  private static func isScheme(_ name: String) -> Bool {
    guard !name.hasPrefix("s3://"), let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      return false
    }
    return name.utf8[..<colon].allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  /// What does not go together.
  private func check(_ command: IndexPublish) throws(Failure) {
    guard let first = places.first else {
      throw Self.usage("missing expected argument '<destination>', or --to")
    }
    let isOutput = places.contains { if case .output = $0 { true } else { false } }
    guard !isOutput || places.count == 1 else {
      throw Self.usage("- takes standard output: it goes with no --to")
    }
    guard !isOutput || !asBase else {
      throw Self.usage("--base is not for -: publish to a directory, and print what is published there")
    }
    // Not --from: FRESHET_FROM is part-pick's, too.
    guard isOutput || !command.change.withKey && command.change.receipt == nil else {
      throw Self.usage("--with-key and --receipt are for -")
    }
    guard Set(places.map(\.identity)).count == places.count else {
      throw Self.usage("a place is named twice")
    }
    if case .publish = action { return try checkPublish(command) }
    guard places.count == 1, !isOutput else {
      throw Self.usage("--position, --list, --gc and --rollback are for one place")
    }
    if case .rollback = action, first.destination == nil {
      throw Self.usage(
        "--rollback is for a destination: roll that back, then --index DESTINATION \(first.name)")
    }
  }

  private func checkPublish(_ command: IndexPublish) throws(Failure) {
    guard !places.contains(where: { $0.destination != nil }) else { return }
    guard command.gate == nil else { throw Self.usage("--gate is for a destination") }
    guard !command.unsafeSingleWriter else { throw Self.usage("--unsafe-single-writer is for a destination") }
  }

  private static func order(_ command: IndexPublish, patience: Double) throws(Failure) -> Publisher.Order {
    let text = command.maxShrink.hasSuffix("%") ? command.maxShrink.dropLast() : command.maxShrink[...]
    guard let percent = Double(text), (0...100).contains(percent) else {
      throw usage("--max-shrink: '\(command.maxShrink)' is no percentage")
    }
    guard (0..<1 << 53).contains(command.afterGeneration ?? 0) else {
      throw usage("--after-generation: a number from 0 to 2^53 - 1")
    }
    var order = Publisher.Order(after: .current)
    order.patience = .seconds(patience)
    order.guards = Guards(maxShrink: percent, minDocuments: command.minDocs)
    order.gate = command.gate.map { Gate($0) }
    order.force = command.force
    order.dryRun = command.dryRun
    order.unsafeSingleWriter = command.unsafeSingleWriter
    order.token = try token()
    return order
  }

  /// What `wm hold` has given us, or whoever stands in for it.
  private static func token() throws(Failure) -> Fences.Token? {
    guard let text = Environment.value("FRESHET_FENCE") else { return nil }
    guard let fence = Fences.fence(text) else { throw usage("FRESHET_FENCE: '\(text)' is no fence") }
    let lease = Environment.value("FRESHET_LEASE")
    guard lease?.utf8.count ?? 0 <= 255 else { throw usage("FRESHET_LEASE: it is longer than 255 bytes") }
    return Fences.Token(lease: lease, fence: fence)
  }
}
