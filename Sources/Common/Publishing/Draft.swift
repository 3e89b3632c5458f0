internal import Failures
internal import Lines
package import Segments

/// What is to become of a destination.
package enum Change: Sendable {
  case delta(IndexManifest)
  case base(IndexManifest)
  /// The content of an older generation, once more.
  case rollback(Generation)
}

/// How few documents are still believed.
package struct Guards: Sendable {
  /// In percent of what is published; 100 lets everything pass.
  package var maxShrink: Double
  package var minDocuments: Int

  package init(maxShrink: Double = 50, minDocuments: Int = 0) {
    self.maxShrink = maxShrink
    self.minDocuments = minDocuments
  }

  /// What speaks against an index that would take the place of one of `current` documents.
  func objections(to documents: Int, after current: Int?, _ layer: String) -> [String] {
    var objections: [String] = []
    if let current, Double(documents) < Double(current) * (100 - maxShrink) / 100 {
      objections.append(
        "the \(layer) would shrink from \(current) to \(documents.counted("document")), by more than \(Self.text(maxShrink))%"
          + " (--max-shrink)")
    }
    if documents < minDocuments {
      objections.append("documents in the \(layer): \(documents), fewer than \(minDocuments) (--min-docs)")
    }
    return objections
  }

  /// What speaks against deleting so many of the documents that a target has, and against how many would be left.
  package func objections(toDeleting deletes: Int, of documents: Int, leaving left: Int) -> [String] {
    var objections: [String] = []
    if deletes > 0, Double(deletes) > Double(documents) * maxShrink / 100 {
      objections.append(
        "\(deletes) of its \(documents.counted("document")) would be deleted, more than \(Self.text(maxShrink))% (--max-shrink)"
      )
    }
    if left < minDocuments {
      objections.append("documents in the index: \(left), fewer than \(minDocuments) (--min-docs)")
    }
    return objections
  }

  private static func text(_ percent: Double) -> String {
    Int(exactly: percent).map { String($0) } ?? String(percent)
  }
}

/// How far a delta covers what its base does not have. Times are RFC 3339 of one width, so they compare as text;
/// where one is empty nothing is known, and nothing held against it.
///
///     delta.from     delta.to          base.position
///     -----|------------|------------------|---    contained: the base has all of it
///     -----|-----------------|----|------------    (base between, or at delta.from) laid over: the two meet
///     --|--------|------------|---                 (base before delta.from) gap: what lies between is in neither
package enum Coverage {
  case contained, laidOver, gap

  package init(of delta: IndexManifest, over base: IndexManifest) {
    if base.position.isEmpty || delta.position.isEmpty {
      self = .laidOver
    } else if base.position >= delta.position {
      self = .contained
    } else {
      self = delta.from > base.position ? .gap : .laidOver
    }
  }
}

/// The content of the next generation, and what speaks against it.
struct Draft: Layered, Equatable {
  var base: Generation.Base?
  var delta: Generation.Delta?
  var batch = 0
  var position = ""
  var rollback: Int?
  /// Each refuses the publish, unless `--force` overrides it.
  var objections: [String] = []

  /// A pure function of what is asked and what is published.
  init(_ change: Change, after current: Generation?, guards: Guards) {
    base = current?.base
    delta = current?.delta
    batch = current?.batch ?? 0
    switch change {
    case .delta(let index): lay(index, over: current, guards)
    case .base(let index): underlay(index, under: current, guards)
    case .rollback(let older):
      base = older.base
      delta = older.delta
      position = older.position
      rollback = older.number
    }
    // Without a position there is nothing that a watermark could be advanced to.
    if case .base = change { return }
    if !position.isEmpty { batch = (current?.number ?? 0) + 1 }
  }

  private mutating func lay(_ index: IndexManifest, over current: Generation?, _ guards: Guards) {
    objections += guards.objections(to: index.documents, after: current?.delta?.index.documents, "delta")
    delta = Generation.Delta(base: base?.generation, index: index)
    let published = current?.position ?? ""
    position = index.position.isEmpty ? published : index.position
    if position < published {
      objections.append("its position \(position) is older than the published one, \(published)")
    }
    if let base, Coverage(of: index, over: base.index) == .gap {
      objections.append(
        "the delta begins after \(index.from), and its base ends at \(base.index.position):"
          + " what lies between would be in neither (widen --window, or publish a newer base)")
    }
  }

  private mutating func underlay(_ index: IndexManifest, under current: Generation?, _ guards: Guards) {
    objections += guards.objections(to: index.documents, after: current?.base?.index.documents, "base")
    base = Generation.Base(generation: (current?.number ?? 0) + 1, index: index)
    let published = current?.base?.index.position ?? ""
    if !index.position.isEmpty, index.position < published {
      objections.append(
        "its position \(index.position) is older than that of the published base, \(published)")
    }
    if let delta {
      switch Coverage(of: delta.index, over: index) {
      case .laidOver: break
      case .contained: self.delta = nil
      case .gap:
        objections.append(
          "the base ends at \(index.position), and the published delta begins after \(delta.index.from):"
            + " what lies between would be in neither")
        self.delta = nil
      }
    }
    let kept = delta == nil && !index.position.isEmpty ? "" : current?.position ?? ""
    position = max(index.position, kept)
  }
}
