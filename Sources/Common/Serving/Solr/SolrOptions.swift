/// What can be asked of a collection of Solr beyond what every target does.
package struct SolrOptions: Sendable {
  /// Milliseconds within which Solr shows what it was sent, in place of a commit at the end.
  package var commitWithin: Int?
  /// A file that remembers the version of each document that was sent (SolrVersions); nil: nobody else's change is looked for.
  package var versions: String?

  package init() {}
}
