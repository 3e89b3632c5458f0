internal import Bytes
internal import Failures
internal import Publishing
internal import Serving

/// Where an index is published to.
enum Place: Sendable {
  case destination(Destination)
  case target(any ServingTarget)
  /// `-`: the change is printed.
  case output

  var name: String {
    switch self {
    case .destination(let destination): destination.location.description
    case .target(let target): target.name
    case .output: "-"
    }
  }

  /// The same, however it was written.
  var identity: String { destination?.location.resolved.description ?? name }

  var destination: Destination? { if case .destination(let destination) = self { destination } else { nil } }
}
