internal import Bytes
internal import Failures
internal import Files
internal import JSON
internal import Lines
internal import Partitions
internal import Publishing
internal import Serving

// What is asked of a target beside publishing to it.

extension PublishOptions {
  func printPosition(of target: any ServingTarget) throws {
    let state = try target.state()
    try printPosition(asBase ? state?.taken.base ?? basePosition(of: state) : state?.position)
  }

  /// What the generation says that it was told of.
  private func basePosition(of state: TargetState?) throws(Failure) -> String? {
    guard let state, state.taken.isPublished, let location = Location(state.taken.index[0]),
      case .generation(let generation, _) = try NamedIndex(location, stores: stores)
    else { return nil }
    return generation.base?.index.position
  }

  /// One line: generation, position, documents, marks, index; as a destination's generation has it.
  func printList(of target: any ServingTarget) throws {
    guard let state = try target.state() else { return try nothing() }
    let documents = try target.documents()
    guard !json else {
      let members = (state.json.members ?? []) + [.init("documents", .number(documents))]
      return try LineOutput.print([JSONValue.object(members).text])
    }
    let columns = [
      String(state.taken.generation), state.position.isEmpty ? "-" : state.position, String(documents),
      state.marks.isEmpty ? "-" : state.marks.joined(separator: ","),
      // As a line has them, whatever the server says.
      state.taken.index.isEmpty
        ? "-" : state.taken.index.map { Location($0)?.description ?? "-" }.joined(separator: " "),
    ]
    try LineOutput.print([columns.joined(separator: "\t")])
  }

  func collect(_ target: any ServingTarget) throws {
    let names = try target.collect(keep: keep, madeBy: .now - grace, dryRun: order.dryRun)
    if names.isEmpty { return try nothing() }
    for name in names { try printRemoved(PercentEncoding.encodeForLine(name)) }
  }
}

extension TargetState {
  fileprivate var marks: [String] {
    begun.map { "taking=\($0.generation)" } + (shared ? ["shared"] : []) + (isLost ? ["lost"] : [])
  }
}
