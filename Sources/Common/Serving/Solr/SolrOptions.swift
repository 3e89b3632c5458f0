/// What can be asked of a collection of Solr beyond what every target does.
package struct SolrOptions: Sendable {
  /// Milliseconds within which Solr shows what it was sent, in place of a commit at the end.
  package var commitWithin: Int?
  /// A directory that remembers the version that Solr gave to each document (SolrVersions): what somebody else has changed
  /// since is refused. Nil: nobody looks.
  package var versions: String?

  package init() {}
}
