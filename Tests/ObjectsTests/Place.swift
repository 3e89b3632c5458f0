import Bytes
import Foundation
import Glibc
import Testing
import Threads

@testable import Objects

/// One store with a corner of it that belongs to one test alone.
struct Place: CustomTestStringConvertible, Sendable {
  let name: String
  let make: @Sendable () throws -> (store: any ObjectStore, prefix: Key)

  var testDescription: String { name }

  /// Where AWS_ENDPOINT_URL_S3 and FRESHET_S3_BUCKET are set, the bucket too; else only what this machine has.
  static let all = [memory, local] + bucket

  static let memory = Place(name: "memory") { (MemoryStore(), "t/") }

  static let local = Place(name: "local") {
    (LocalStore(root: try temporaryDirectory()), "t/")
  }

  static let bucket: [Place] = {
    guard environment("AWS_ENDPOINT_URL_S3") != nil, environment("FRESHET_S3_BUCKET") != nil, let location
    else {
      print("AWS_ENDPOINT_URL_S3 or FRESHET_S3_BUCKET is not set: the S3 store is not tested")
      return []
    }
    // What is registered last runs first: before libcrypto, which is used to sign, puts itself away.
    _ = SHA256.hex([])
    atexit { Place.emptyBucket() }
    return [
      Place(name: "s3") {
        let (store, key) = try Stores().store(for: location)
        return (store, key + Key(random() + "/"))
      }
    ]
  }()

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

  /// A new directory, which goes when the process ends.
  static func temporaryDirectory() throws -> String {
    let path = directory + "/" + random()
    guard mkdir(path, 0o700) == 0 else { throw StoreError.io(.io, "no temporary directory") }
    return path
  }

  private static let directory: String = {
    let path = (environment("TMPDIR") ?? "/tmp") + "/freshet-" + random()
    mkdir(path, 0o700)
    atexit { try? FileManager.default.removeItem(atPath: Place.directory) }
    return path
  }()

  private static let location = Location(
    "s3://\(environment("FRESHET_S3_BUCKET") ?? "-")/s3-tests/\(random())/")

  private static func emptyBucket() {
    guard let location, let (store, prefix) = try? Stores().store(for: location),
      let keys = try? store.all(ListRequest(prefix: prefix)).objects.map(\.key)
    else { return }
    _ = parallelMap(count: keys.count, threads: 8) { try? store.remove(keys[$0]) }
  }
}

extension ObjectStore {
  /// Every page of a listing, one after the other.
  func all(_ request: ListRequest) throws -> (objects: [ObjectInfo], prefixes: [Key], pages: Int) {
    var request = request
    var objects: [ObjectInfo] = []
    var prefixes: [Key] = []
    var pages = 0
    while true {
      let page = try list(request)
      #expect(page.objects.count + page.prefixes.count <= request.limit)
      objects += page.objects
      prefixes += page.prefixes
      pages += 1
      guard let next = page.next else { return (objects, prefixes, pages) }
      request.continuing = next
    }
  }

  func put(_ key: Key, _ text: String = "x") throws {
    _ = try write(key, .bytes(Array(text.utf8)), if: .always)
  }
}

func error<T>(_ body: () throws -> T) -> StoreError? {
  do {
    _ = try body()
    return nil
  } catch let error as StoreError { return error } catch { return nil }
}
