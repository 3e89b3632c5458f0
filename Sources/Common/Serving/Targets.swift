package import Failures

/// The kinds of targets, by the scheme of their address.
package enum Targets {
  /// `solr+http(s)://host[:port]/solr/NAME`, `elasticsearch+http(s)://host[:port]/NAME`, `opensearch+...`: the last component is the
  /// collection, index or alias. Nil for any other argument; 64 for a bad address of these schemes.
  package static func open(
    _ argument: String, _ options: SessionOptions, solr: SolrOptions = SolrOptions(),
    elastic: ElasticOptions = ElasticOptions()
  ) throws(Failure) -> (any ServingTarget)? {
    guard let address = try TargetAddress(argument) else { return nil }
    let session = try ServingSession(address.base, options)
    switch address.kind {
    case .solr: return SolrTarget(address, session, solr)
    case .elasticsearch, .opensearch:
      return ElasticTarget(address.text, index: address.name, session, elastic)
    }
  }
}
