internal import Bytes
internal import Console
internal import Failures
internal import Objects
internal import Partitions
internal import Publishing

/// What the command line asks for, each part parsed.
struct PublishOptions {
  enum Action {
    /// Nil: what standard input names.
    case publish(Location?)
    case rollback(Int)
    case position
    case list
    case collect(Garbage)
  }

  let action: Action
  let destination: Destination
  let asBase: Bool
  /// The position that a person gives to an index that has none.
  let to: Instant?
  /// Without its parent, which may be for the receipt to say.
  let order: Publisher.Order
  let after: Int?
  let emptyFails: Bool
  let json: Bool
  let stores: Stores
  let console: Console

  init(_ command: IndexPublish) throws(Failure) {
    guard let location = Location(argument: command.destination) else {
      throw Self.usage("'\(command.destination)' is neither a directory nor an s3:// prefix")
    }
    console = Console("index-publish", command.common)
    stores = try command.access.stores(console)
    destination = try Destination(location, stores: stores)
    action = try Self.action(command, destination)
    asBase = command.base
    to = try command.to.map { (text) throws(Failure) in try Instant(parsing: text, now: .now) }
    order = try Self.order(command, patience: stores.settings.patience)
    after = command.afterGeneration
    emptyFails = command.emptyFails
    json = command.common.json
  }

  private static func usage(_ message: String) -> Failure {
    Failure(.usage, message + " (see index-publish --help)")
  }

  private static func action(_ command: IndexPublish, _ destination: Destination) throws(Failure) -> Action {
    var actions: [Action] = []
    if command.position { actions.append(.position) }
    if command.list { actions.append(.list) }
    if command.gc { actions.append(.collect(try garbage(command, destination))) }
    if let number = command.rollback { actions.append(.rollback(number)) }
    guard actions.count < 2 else { throw usage("one of --position, --list, --gc and --rollback") }
    if let action = actions.first { return action }
    let index = try command.index.map { (text) throws(Failure) in
      guard let location = Location(argument: text) else { throw usage("--index: '\(text)' is no location") }
      return location
    }
    return .publish(index)
  }

  private static func garbage(_ command: IndexPublish, _ destination: Destination) throws(Failure) -> Garbage
  {
    guard command.keep >= 0 else { throw usage("--keep: not below 0") }
    return Garbage(
      destination, keep: command.keep, grace: try Span.seconds(command.grace, of: "--grace"))
  }

  private static func order(_ command: IndexPublish, patience: Double) throws(Failure) -> Publisher.Order {
    let text = command.maxShrink.hasSuffix("%") ? command.maxShrink.dropLast() : command.maxShrink[...]
    guard let percent = Double(text), (0...100).contains(percent) else {
      throw usage("--max-shrink: '\(command.maxShrink)' is no percentage")
    }
    guard command.afterGeneration ?? 0 >= 0 else { throw usage("--after-generation: not below 0") }
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
