package import Bytes
package import Failures
internal import JSON
package import Objects

extension Stores {
  /// The `.json` of a build or of a generation; 66 where there is none.
  func description(at location: Location, cannot verb: String = "read") throws(Failure) -> [UInt8] {
    let (store, key) = try object(location)
    do throws(StoreError) {
      if let found = try store.read(key, limit: Generation.largest) { return found.bytes }
      throw .notFound(.object)
    } catch { throw error.failure(cannot: verb, location) }
  }
}

/// What a location names: a destination, whose current generation it is, a generation's .json, or a build's.
package enum NamedIndex: Sendable {
  case build(BuiltIndex)
  case generation(Generation, at: Location)

  /// 66 where there is nothing.
  package init(_ location: Location, stores: Stores) throws(Failure) {
    let name = location.description
    guard name.hasSuffix(".json") else {
      let destination = try Destination(location, stores: stores)
      guard let generation = try destination.current()?.generation else {
        throw Failure(.noInput, cannot: "read", name, because: "no index was published there")
      }
      self = .generation(generation, at: location)
      return
    }
    let bytes = try stores.description(at: location)
    guard try Members.parse(bytes, file: name).json["generation"] != nil else {
      self = .build(try BuiltIndex(location, stores: stores))
      return
    }
    let fileName = name.split(separator: "/").last.map(String.init) ?? name
    self = .generation(
      try Generation(bytes, fileName: fileName, name: name), at: location.directory.directory)
  }
}
