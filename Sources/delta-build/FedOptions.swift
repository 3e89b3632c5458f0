internal import ArgumentParser

/// The options of who brings a shard its records.
struct FedOptions: ParsableArguments {
  @Flag(help: "Build a shard of records that come behind the slice.")
  var fed = false

  @Flag(help: "Answer which records a shard has of documents.")
  var ask = false
}
