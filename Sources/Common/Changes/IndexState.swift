package import Bytes
package import Failures
package import Objects

/// A state of an index, opened: a base, a delta over it, or both.
package struct IndexState {
  /// A generation's .json, a build's .json, or a destination, which is its current generation.
  package init(_ location: Location, stores: Stores) throws(Failure) {
    throw Failure(.software, "cannot open a state of an index: not written yet")
  }
}
