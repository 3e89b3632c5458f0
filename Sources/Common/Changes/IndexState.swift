package import Bytes
package import Failures
package import Objects
package import Publishing
package import Segments

/// A state of an index, opened: a base, a delta over it, or both.
package struct IndexState {
  /// What names it: a generation, a build, or a base and a build over it.
  package let locations: [Location]
  /// Nil where it was not published, or consists of two.
  package let published: Generation?
  /// What of it are the base and what lies over it, or is there without one.
  package private(set) var base: IndexManifest?
  package let delta: IndexManifest?
  let view: IndexView
  /// Of each segment of the view its content's name.
  let contents: [String]
  private let files: OpenedIndex.Files

  /// A generation's .json, a build's .json, or a destination, which is its current generation. Files that `others` have
  /// are not fetched again. 66 where there is none; 65 where it is damaged, or has lost a file.
  package init(
    _ location: Location, stores: Stores, asBase: Bool = false, sharing others: [IndexState] = []
  ) throws(Failure) {
    let index = try OpenedIndex.open(location, stores: stores, sharing: Self.files(of: others))
    let isManifest = location.description.hasSuffix(".json")
    try self.init(
      Self.layers(of: index, asBase: asBase),
      [isManifest ? location : index.published?.manifest(at: location) ?? location], index.published)
  }

  /// A build that is laid over the base of another state.
  package init(
    _ location: Location, over base: Location, stores: Stores, sharing others: [IndexState] = []
  ) throws(Failure) {
    let files = Self.files(of: others)
    let below = try OpenedIndex.open(base, stores: stores, sharing: files)
    let above = try OpenedIndex.open(location, stores: stores, sharing: files)
    let (lower, upper) = (Self.layers(of: below, asBase: true), Self.layers(of: above, asBase: false))
    try self.init((lower.base, upper.delta), [base, location], nil)
  }

  /// One without documents.
  package init() {
    (locations, published, base, delta) = ([], nil, nil, nil)
    (view, contents, files) = (IndexView(), [], [:])
  }

  /// Gives the base the position that it was published with: one that was built from records has none of its own.
  package mutating func place(base position: String) { base?.position = position }

  private typealias Layers = (base: OpenedIndex.Layer?, delta: OpenedIndex.Layer?)

  private init(_ layers: Layers, _ locations: [Location], _ published: Generation?) throws(Failure) {
    let all = [layers.base, layers.delta].compactMap(\.self)
    self.locations = locations
    self.published = published
    base = layers.base?.manifest
    delta = layers.delta?.manifest
    view = try IndexView(all)
    contents = all.flatMap(\.manifest.segments).map { "\($0.sha256)/\($0.bytes)" }
    files = all.reduce(into: [:]) { $0.merge($1.files) { first, _ in first } }
  }

  private static func layers(of index: OpenedIndex, asBase: Bool) -> Layers {
    guard let published = index.published else {
      return asBase ? (index.layers.first, nil) : (nil, index.layers.first)
    }
    let base = published.base == nil ? nil : index.layers.first
    return (base, published.delta == nil ? nil : index.layers.last)
  }

  private static func files(of states: [IndexState]) -> OpenedIndex.Files {
    states.reduce(into: [:]) { $0.merge($1.files) { old, _ in old } }
  }

  /// The number of visible documents.
  package var documents: Int { get throws(Failure) { try view.documents } }

  /// Looks up ids that it shows.
  package var names: VisibleNames { VisibleNames(view) }
}
