package import Failures
package import Lines
package import Partitions

extension Pick {
  /// The objects of the window, in slice order, each once; 65 where one location has two tags.
  package func objects(of listed: [ObjectLine]) throws(Failure) -> [ObjectLine] {
    let inside = listed.filter { from < $0.time && $0.time <= to }
    var slice: [ObjectLine] = []
    slice.reserveCapacity(inside.count)
    for object in ObjectLine.inSliceOrder(inside) where object != slice.last {
      if let last = slice.last, last.location == object.location, last.time == object.time {
        throw Failure(
          .badData, cannot: "pick", object.location.description,
          because: "it is listed twice, with different tags")
      }
      slice.append(object)
    }
    return slice
  }
}

extension PickRequest {
  /// The `#slice` line of a pick.
  package func receipt(_ pick: Pick, objects: [ObjectLine], generation: Int?) -> Receipt {
    var receipt = Receipt("slice")
    receipt.append("after", after?.description ?? "")
    receipt.append("generation", generation?.description ?? "")
    receipt.append("from", pick.from)
    receipt.append("to", pick.to)
    receipt.append("every", clock.step)
    receipt.append("window", pick.to - pick.from)
    receipt.append("policy", policy)
    receipt.append("objects", objects.count)
    receipt.append("skipped", pick.skipped)
    receipt.append("gap", pick.gap)
    receipt.append("hash", ObjectLine.hash(inSliceOrder: objects))
    return receipt
  }

  /// What of the window the listing did not reach, as one clause; nil where it reached all of it.
  package func shortfall(_ pick: Pick, listedSince since: Instant?, until: Instant?) -> String? {
    if let since, since > pick.from + clock.step {
      return "the listing begins at \(since), and the window after \(pick.from)"
    }
    if let until, until <= pick.to { return "the listing ends before \(until), and the window at \(pick.to)" }
    return nil
  }
}
