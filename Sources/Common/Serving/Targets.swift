package import Failures

/// The kinds of targets, by the scheme of their address.
package enum Targets {
  /// `solr+http(s)://host[:port]/solr/NAME`, `elasticsearch+http(s)://host[:port]/NAME`, `opensearch+...`: the last component is the
  /// collection, index or alias. Nil for any other argument; 64 for a bad address of these schemes.
  package static func open(_ argument: String, _ options: SessionOptions) throws(Failure) -> (
    any ServingTarget
  )? {
    nil
  }
}
