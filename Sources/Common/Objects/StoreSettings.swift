/// What a person asks of all the stores of a process.
package struct StoreSettings: Sendable {
  /// Seconds for which a request that fails for the moment is sent again.
  package var patience = 60.0
  /// Seconds that an answer may stand still, however short the patience is: a busy store takes its time.
  var leastIdle = 5.0
  /// Requests are not signed: for what anybody may read.
  package var isAnonymous = false
  /// The requests are paid for by whoever sends them, where the bucket's owner asks for that.
  package var requesterPays = false
  /// A directory that keeps what is fetched of indexes; nil: it goes with the process.
  package var cache: String?
  /// Takes one line that a person should see.
  package var note: @Sendable (String) -> Void = { _ in }
  /// Takes one line for a person who wants to know all, such as that a request is sent again, and why.
  package var detail: @Sendable (String) -> Void = { _ in }
  /// Takes what is being waited for: why a request is sent again; nil when that is over.
  package var waiting: @Sendable (String?) -> Void = { _ in }

  package init() {}
}
