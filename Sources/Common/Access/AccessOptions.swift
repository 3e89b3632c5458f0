internal import ArgumentParser
package import Console
package import Failures
package import Objects
internal import Partitions

/// The options of every tool that reads or writes objects.
package struct AccessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How long a request that fails for the moment is sent again.", valueName: "span"))
  package var patience = "60s"

  @Flag(help: "Do not sign requests: for a public bucket.")
  package var anonymous = false

  @Flag(help: "Pay for the requests, where the bucket's owner asks for that.")
  package var requesterPays = false

  package init() {}

  /// Stores as these options have them, which speak to a person by `console`. 64 for a patience that is none.
  package func stores(_ console: Console, cache: String? = nil) throws(Failure) -> Stores {
    var settings = StoreSettings()
    settings.cache = cache
    settings.patience = Double(try Span.seconds(patience, of: "--patience"))
    settings.isAnonymous = anonymous
    settings.requesterPays = requesterPays
    settings.note = { console.note($0) }
    settings.detail = { console.detail($0) }
    settings.waiting = { console.trouble($0) }
    let stores = Stores(settings)
    let traffic = stores.traffic
    console.atEnd { traffic.requests > 0 ? traffic.text : nil }
    return stores
  }
}
