internal import JSON

/// What a table's log says of the table as a whole, as of its last word on it.
struct TableState {
  var `protocol`: JSONValue?
  var metadata: JSONValue?

  mutating func apply(_ action: Action) {
    switch action {
    case .protocol(let value): self.protocol = value
    case .metadata(let value): metadata = value
    default: break
    }
  }

  var isWhole: Bool { self.protocol != nil && metadata != nil }
}

/// What must be understood to read a table (PROTOCOL.md of Delta Lake, "Table Features").
enum ReaderFeatures {
  /// What only concerns how the log is kept; what is applied here; and types of which each column that is selected is
  /// refused where it can't be read.
  private static let known: Set<String> = [
    "deletionVectors", "v2Checkpoint", "timestampNtz", "vacuumProtocolCheck", "variantType",
    "variantType-preview", "variantShredding", "variantShredding-preview", "columnMapping",
  ]

  /// Why the table can't be read, and what to do; nil where it can.
  static func complaint(_ protocol: JSONValue, _ configuration: JSONValue?) -> String? {
    guard let version = `protocol`["minReaderVersion"]?.integer, version >= 1 else {
      return "its protocol names no reader version"
    }
    guard version <= 3 else { return "it needs reader version \(version); " + wayOut }
    let features = version == 3 ? (`protocol`["readerFeatures"]?.array ?? []).compactMap(\.string) : []
    for feature in features where !known.contains(feature) {
      if feature.hasPrefix("catalogManaged") || feature.hasPrefix("catalogOwned") {
        return "it needs the reader feature '\(feature)': only its catalog knows its newest commits; "
          + wayOut
      }
      return "it needs the reader feature '\(feature)', which is not known here; " + wayOut
    }
    let mapping = configuration?["delta.columnMapping.mode"]?.string ?? "none"
    if mapping != "none", version == 2 || features.contains("columnMapping") {
      return "it needs the reader feature 'columnMapping' (by \(mapping)): its files name columns otherwise; "
        + wayOut
    }
    return nil
  }

  /// Of its files themselves wrong records would come.
  private static let wayOut = "let an engine write its rows as files"
}
