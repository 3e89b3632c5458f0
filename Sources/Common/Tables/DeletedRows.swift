package import Failures
package import Objects

extension TableTag.Deleted {
  /// The numbers of the rows, ascending, from 0.
  package func rows(_ stores: Stores) throws(Failure) -> [Int] {
    throw Failure(.configuration, "deletion vectors are not read yet")
  }
}
