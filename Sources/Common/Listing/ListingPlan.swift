package import Partitions

/// How the objects of a range are found: through the directories of the first components of the layout, one listing
/// each, and then, below each directory found there, all that lies between two keys, in pages.
///
/// With `flatFrom` 0 that is one flat listing of the range; with all of the components, one of each partition.
package struct ListingPlan: Equatable, Sendable {
  package let flatFrom: Int

  package init(flatFrom: Int) { self.flatFrom = flatFrom }

  /// The plan of the fewest requests, as far as can be told beforehand, and of those the flattest. None of them goes
  /// beyond the days that the range touches, whatever it would save.
  package static func cheapest(_ layout: Layout, over range: Range<Int64>, every: Int64) -> ListingPlan {
    let estimate = ListingEstimate(layout: layout, range: range, every: max(every, 1))
    let last = layout.components.count
    let levels = (0..<last).filter { layout.coverage(from: $0, over: range) >= .day } + [last]
    return ListingPlan(flatFrom: levels.min { estimate.requests($0) < estimate.requests($1) } ?? last)
  }
}

/// What a plan costs, under assumptions that need only be right enough to compare plans.
struct ListingEstimate {
  let layout: Layout
  let range: Range<Int64>
  let every: Int64

  static let objectsInPartition = 2.0
  static let namesForAny = 8.0
  static let pageSize = 1000.0
  static let longestHistory = 365.0 * 86_400

  /// How many requests the plan that is flat from this level takes.
  func requests(_ flatFrom: Int) -> Double {
    let descent = (0..<flatFrom).filter { !isGiven($0) }.reduce(0) { $0 + directories($1) }
    return descent + directories(flatFrom) + objects(flatFrom) / Self.pageSize
  }

  private var span: Double { min(Double(range.count), Self.longestHistory) }

  /// The component has only one name in the range: nobody needs to be asked.
  private func isGiven(_ level: Int) -> Bool {
    layout.components[level].bounds(over: range, knowing: .init()).onlyName != nil
  }

  /// How many directories of this level the range touches.
  private func directories(_ level: Int) -> Double {
    guard let smallest = layout.units(before: level).compactMap(\.precision.length).min() else {
      return names(before: level)
    }
    return names(before: level) * max(1, span / Double(max(smallest, every)))
  }

  private func objects(_ level: Int) -> Double {
    let slot = Double(layout.coverage(from: level, over: range).length ?? 1)
    let covered = (span / slot).rounded(.up) * slot
    return names(before: layout.components.count) * Self.objectsInPartition * max(1, covered / Double(every))
  }

  private func names(before level: Int) -> Double {
    layout.components[..<level].reduce(1) { product, component in
      if case .any = component.last { product * Self.namesForAny } else { product }
    }
  }
}
