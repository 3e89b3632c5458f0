internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Partitions
internal import Publishing
internal import Serving

/// The options of targets that serve an index of their own.
struct TargetOptions: ParsableArguments {
  @Flag(help: "Do not delete what merely left the window.")
  var keepExpired = false

  @Option(help: ArgumentHelp("Pass over that many documents that a target refuses.", valueName: "n"))
  var skipRefused = 0

  @Option(help: ArgumentHelp("Send at most that many bytes of documents at once.", valueName: "size"))
  var maxRequest = "5M"

  @Option(help: ArgumentHelp("How many requests are sent to a target at once.", valueName: "n"))
  var jobs = 2

  @Option(help: ArgumentHelp("Make the index beside of this body; Elasticsearch.", valueName: "file"))
  var settings: String?

  @Option(help: ArgumentHelp("Let Solr show what it was sent in that time.", valueName: "span"))
  var commitWithin: String?

  @Option(help: ArgumentHelp("Refuse what others changed in Solr; remembered here.", valueName: "directory"))
  var solrVersions: String?

  @Option(help: ArgumentHelp("Keep there what is fetched of an index in a bucket.", valueName: "directory"))
  var cache: String?

  @Option(help: ArgumentHelp("The file of credentials for targets.", valueName: "file"))
  var credentials: String?

  @Option(help: ArgumentHelp("The certificates that servers are checked against.", valueName: "file"))
  var ca: String?

  @Option(help: ArgumentHelp("Our own certificate for targets.", valueName: "file"))
  var cert: String?

  @Option(help: ArgumentHelp("The key of our own certificate.", valueName: "file"))
  var key: String?
}

extension TargetOptions {
  /// FRESHET_JOBS may be meant for the reading of objects.
  private static let mostJobs = 64

  /// What `-` has in common with targets is the order, too.
  func order(_ common: Publisher.Order, asBase: Bool) throws(Failure) -> TargetPublisher.Order {
    guard let size = ByteSize(maxRequest), size.bytes > 0 else {
      throw PublishOptions.usage("--max-request takes a size such as 512K or 5M, not '\(maxRequest)'")
    }
    guard skipRefused >= 0 else { throw PublishOptions.usage("--skip-refused: not below 0") }
    guard jobs > 0 else { throw PublishOptions.usage("--jobs: not below 1") }
    var order = TargetPublisher.Order()
    order.guards = common.guards
    (order.force, order.dryRun, order.asBase) = (common.force, common.dryRun, asBase)
    (order.keepExpired, order.skipRefused) = (keepExpired, skipRefused)
    (order.largestRequest, order.jobs) = (size.bytes, min(jobs, Self.mostJobs))
    return order
  }

  /// Nil for what is no target's address.
  func open(
    _ argument: String, patience: Double, force: Bool, isLook: Bool, _ console: Console
  ) throws(Failure) -> (any ServingTarget)? {
    guard (cert == nil) == (key == nil) else { throw PublishOptions.usage("--cert and --key go together") }
    var session = SessionOptions()
    session.patience = patience
    session.credentials = credentials
    (session.certificates, session.clientCertificate, session.clientKey) = (ca, cert, key)
    session.note = { console.note($0) }
    session.detail = { console.detail($0) }
    session.waiting = { console.trouble($0, of: argument) }
    var solr = SolrOptions()
    solr.commitWithin = try commitWithin.map { (text) throws(Failure) in
      Int(try Span.seconds(text, of: "--commit-within")) * 1000
    }
    solr.versions = solrVersions
    var elastic = ElasticOptions()
    (elastic.settings, elastic.force, elastic.isLook) = (settings, force, isLook)
    return try Targets.open(argument, session, solr: solr, elastic: elastic)
  }
}

/// The options of the change itself, as `-` prints it.
struct ChangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("With -: the state that the change is from, or none.", valueName: "location"))
  var from: String?

  @Flag(help: "With -: begin each line with the document's id and a tab.")
  var withKey = false

  @Option(help: ArgumentHelp("With -: write the receipt to this file.", valueName: "file"))
  var receipt: String?
}
