import Failures
import Lines
import Loopback
import Objects
import Partitions
import Testing

@testable import Deltas

/// Reading the objects of a slice from local files, and from a store whose object changes. Not tested: an object store that
/// fails (ObjectsTests), a local file that changes in the middle of a read.
@Suite struct SliceReadingTests {
  let place: Place
  let work: Place
  let good = #"{"id":"a","t":"one"}"#

  init() throws {
    place = try Place()
    work = try Place()
  }

  /// Builds, and gives what was passed over and how many documents there are.
  @discardableResult private func read(
    _ lines: [ObjectLine], skipBad: Int = 0, jobs: Int = 1, from stores: Stores = Stores()
  ) throws -> (passedOver: [String], documents: String?) {
    let reading = SliceReading(
      fields: try fields("id id", "t text"), stores: stores, skipBad: skipBad, threads: jobs, jobs: jobs)
    let build = Build(reading, in: try WorkDirectory(work.path), limits: Limits(threads: jobs))
    var input = BuildInput()
    input.objects = lines
    var passedOver: [String] = []
    let receipt = try build.run(input) { passedOver.append($0) }
    return (passedOver, receipt["documents"])
  }

  private func failure(_ lines: [ObjectLine], skipBad: Int = 0, jobs: Int = 1) -> Failure? {
    #expect(throws: Failure.self) { try read(lines, skipBad: skipBad, jobs: jobs) }
  }

  @Test(arguments: [1, 2, 4]) func `objects come in the order of their lines`(_ jobs: Int) throws {
    let lines = try (0..<20).map { index in
      try place.object("\(index).json", #"{"id":"a","t":"\#(index)"}"#, #"{"id":"\#(index)"}"#)
    }
    #expect(try read(lines, jobs: jobs).documents == "21")
  }

  @Test func `an object that changed is to be listed again`() throws {
    let line = try place.object("x.json", good)
    try place.write("x.json", good + "\n\n")
    let failure = failure([line])
    #expect(failure?.exit == .tryAgain)
    #expect(
      failure?.message
        == "cannot read \(line.location): it was changed after it was listed; list again")
  }

  @Test func `a tag is held to exactly`() throws {
    var line = try place.object("x.json", good)
    line.tag += "0"
    #expect(failure([line])?.exit == .tryAgain)
  }

  @Test func `a size is held to exactly`() throws {
    var line = try place.object("x.json", good)
    line.bytes += 1
    #expect(failure([line])?.exit == .tryAgain)
  }

  @Test(arguments: ["gone.json", "nowhere/gone.json"]) func `an object that is gone is to be listed again`(
    _ name: String
  ) throws {
    var line = try place.object("x.json", good)
    line.location = .local(path: Array("\(place.path)/\(name)".utf8))
    let failure = failure([line])
    #expect(failure?.exit == .tryAgain)
    #expect(failure?.message == "cannot read \(line.location): it is gone; list again")
  }

  @Test(arguments: [1, 2, 4]) func `the first bad record is the one that is named`(_ jobs: Int) throws {
    var lines = try (0..<10).map { try place.object("\($0).json", good) }
    lines[3] = try place.object("3.json", good, "", "[]", "{}")
    for index in 4..<10 { lines[index] = try place.object("\(index).json", "nothing") }
    let failure = failure(lines, jobs: jobs)
    #expect(failure?.exit == .badData)
    #expect(failure?.message.hasPrefix("cannot read \(lines[3].location): line 3: ") == true)
  }

  @Test(arguments: [1, 2, 4]) func `so many bad records are passed over, and no more`(_ jobs: Int) throws {
    let lines = [
      try place.object("0.json", "bad", good), try place.object("1.json", good),
      try place.object("2.json", good, "bad", "bad", good),
    ]
    let (passedOver, documents) = try read(lines, skipBad: 3, jobs: jobs)
    #expect(documents == "1")
    let places = [(0, 1), (2, 2), (2, 3)].map { "\(lines[$0].location): line \($1): " }
    #expect(zip(passedOver, places).allSatisfy { $0.hasPrefix($1) })
    #expect(passedOver.count == 3)
    for (skipBad, place) in zip(0..., places) {
      #expect(failure(lines, skipBad: skipBad, jobs: jobs)?.message.hasPrefix("cannot read \(place)") == true)
    }
  }

  @Test(arguments: [1, 2, 4]) func `a failure counts where it stands among the bad records`(_ jobs: Int)
    throws
  {
    var gone = try place.object("1.json", good)
    gone.location = .local(path: Array("\(place.path)/gone".utf8))
    let lines = [try place.object("0.json", "bad"), gone, try place.object("2.json", "bad")]
    #expect(failure(lines, skipBad: 0, jobs: jobs)?.exit == .badData)
    #expect(
      failure(lines, skipBad: 1, jobs: jobs)?.message
        == "cannot read \(gone.location): it is gone; list again")
  }

  @Test func `a damaged object is no bad record`() throws {
    let line = try place.object("x.gz", good)
    let failure = failure([line], skipBad: 9)
    #expect(failure?.exit == .badData)
    #expect(failure?.message.hasPrefix("cannot read \(line.location): ") == true)
  }

  /// The first answer breaks in the middle; what comes then is of another version, or nothing more, or does not fit.
  @Test(arguments: [
    ("HTTP/1.1 412 X\r\n", "it was changed after it was listed; list again"),
    ("HTTP/1.1 206 X\r\nETag: \"f\"\r\n", "it was changed after it was listed; list again"),
    ("HTTP/1.1 404 X\r\n", "it is gone; list again"),
  ]) func `an object that changes while it is read is to be listed again`(_ row: (String, String)) throws {
    let records = good + "\n" + good + "\n"
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        guard request.header("range") == nil else {
          connection.send(row.0 + "Content-Length: 0\r\n\r\n")
          continue
        }
        connection.send(
          "HTTP/1.1 200 X\r\nETag: \"e\"\r\nContent-Length: \(records.utf8.count)\r\n\r\n\(records.dropLast(9))"
        )
        return
      }
    }
    let failure = #expect(throws: Failure.self) { try readListed(records, from: server) }
    #expect(failure?.exit == .tryAgain)
    #expect(failure?.message == "cannot read s3://b/x.json: \(row.1)")
  }

  /// As an object of `records` by the tag `e`.
  private func readListed(_ records: String, from server: Loopback) throws {
    let environment = ["AWS_ENDPOINT_URL_S3": server.url, "AWS_CONFIG_FILE": "/dev/null"].merging([
      "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    ]) { $1 }
    let line = ObjectLine(
      time: Instant(seconds: 0), modified: Instant(seconds: 0), bytes: Int64(records.utf8.count), tag: "e",
      location: .s3(bucket: "b", key: Array("x.json".utf8)))
    _ = try read([line], from: Stores(environment: { environment[$0] }))
  }

  /// It has the size that was listed, and the store does not heed If-Match.
  @Test func `an object that was replaced before it is read is to be listed again`() throws {
    let records = good + "\n"
    let server = try Loopback { connection, _ in
      while connection.request() != nil {
        connection.send(
          "HTTP/1.1 200 X\r\nETag: \"f\"\r\nContent-Length: \(records.utf8.count)\r\n\r\n\(records)")
      }
    }
    let failure = #expect(throws: Failure.self) { try readListed(records, from: server) }
    #expect(failure?.exit == .tryAgain)
  }
}
