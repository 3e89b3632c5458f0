import Foundation
import Loopback
import Seeded
import Synchronization

@testable import Objects

/// One operation under one fault, at one moment: what the server does, what comes of it.
struct FaultCell: Sendable {
  enum Operation: String, CaseIterable { case list, get, head, put, create, replace, delete }
  enum Moment: String, CaseIterable { case first, middle, always }

  /// What comes of an operation: it is done, or the case of the error.
  enum Outcome {
    case done, noObject, noRoot, conditionFailed, denied, unsupported, unavailable, invalid, later
  }

  /// What a fault means for an operation.
  enum Meaning: Equatable {
    /// It is sent again, where it may be done twice; else it is unavailable.
    case again
    /// As `again`; and on a connection that was used before, libcurl itself sends it again: nothing had come back.
    case unheard
    case never(Outcome)
    /// It is sent again in another way, as by the store's clock, once; then this.
    case learnt(Outcome)
    /// The tag is tried in its other form, where none is known to be right.
    case otherForm
    /// It does not happen to this operation.
    case absent
  }

  struct Fault: Sendable {
    enum End { case goesOn, closes, resets, stalls, trickles }
    var name: String
    var text: String
    var end = End.goesOn
    var meaning: @Sendable (Operation) -> Meaning
    var isSlow: Bool { end == .stalls || end == .trickles }
  }

  let operation: Operation
  let fault: Fault
  let moment: Moment

  static let all = Operation.allCases.flatMap { operation in
    faults.filter { $0.meaning(operation) != .absent }.flatMap { fault in
      Moment.allCases.map { FaultCell(operation: operation, fault: fault, moment: $0) }
    }
  }

  var name: String { "\(operation) \(fault.name) \(moment)" }

  /// Unconditional: it may be done twice.
  private var isRepeatable: Bool { operation != .create && operation != .replace }

  /// A GET that asks for checksums, and is refused as what the store does not know, is sent once more without.
  private var meaning: Meaning {
    operation == .get && fault.name == "400 InvalidArgument " ? .learnt(.invalid) : fault.meaning(operation)
  }

  /// The outcome of each call, and the number of requests; nil: as many as the error itself says.
  var expected: (outcomes: [Outcome], requests: Int?) {
    switch (meaning, moment) {
    case (.again, .first) where isRepeatable, (.unheard, .first) where isRepeatable, (.learnt, .first):
      ([.done], 2)
    case (.again, .middle) where isRepeatable, (.unheard, .middle), (.learnt, .middle):
      ([.done, .done, .done], 4)
    case (.again, .always) where isRepeatable, (.unheard, .always) where isRepeatable: ([.unavailable], nil)
    case (.again, .middle): ([.done, .unavailable, .done], 3)
    case (.again, _), (.unheard, _): ([.unavailable], 1)
    case (.learnt(let outcome), .always): ([outcome], 2)
    case (.otherForm, .first): ([.done], 3)
    case (.otherForm, .middle): ([.done, .conditionFailed, .done], 3)
    case (.otherForm, .always): ([.conditionFailed], 3)
    case (.never(let outcome), .middle): ([.done, outcome, .done], 3)
    case (.never(let outcome), _): ([outcome], 1)
    case (.absent, _): ([], nil)
    }
  }
}

// MARK: The faults

extension FaultCell {
  static let faults: [Fault] = [
    error(500, "InternalError"), error(500, "UnknownError"), error(500), error(502), error(503, "SlowDown"),
    error(503, "SlowDown", "Retry-After: 0\r\n"), error(503), error(504), error(429), error(408),
    error(409, "OperationAborted"), error(409, "ConditionalRequestConflict"),
    // An answer to HEAD has no code.
    error(400, "RequestTimeout") { $0 == .head ? .never(.denied) : .again },
    error(400, "BadDigest", "", arrivesDamaged), error(400, "XAmzContentSHA256Mismatch", "", arrivesDamaged),
    error(403, "AccessDenied") { _ in .never(.denied) },
    error(403, "SignatureDoesNotMatch") { _ in .never(.denied) },
    error(401) { _ in .never(.denied) },
    error(400, "ExpiredToken") { _ in .never(.denied) },
    error(403, "RequestTimeTooSkewed", "Date: \(HTTPDate.text(AWSTime.now() + 1200))\r\n") {
      .learnt($0 == .head ? .denied : .later)
    },
    error(403, "RequestTimeTooSkewed", "X: no date\r\n") { .never($0 == .head ? .denied : .later) },
    error(404, "NoSuchKey") { .never($0 == .head || $0 == .delete ? .done : .noObject) },
    error(404, "NoSuchBucket") { .never($0 == .head ? .done : .noRoot) },
    error(400, "InvalidArgument") { .never($0 == .head ? .denied : .invalid) },
    error(405, "MethodNotAllowed") { _ in .never(.invalid) },
    error(411) { _ in .never(.invalid) }, error(416, "InvalidRange") { _ in .never(.invalid) },
    error(505) { _ in .never(.invalid) }, error(501, "NotImplemented") { _ in .never(.unsupported) },
    error(301, "PermanentRedirect", "Location: http://127.0.0.1:1/\r\n") { _ in .never(.invalid) },
    error(307, "TemporaryRedirect", "Location: http://127.0.0.1:1/\r\n") { _ in .never(.invalid) },
    error(412, "PreconditionFailed") { $0 == .replace ? .otherForm : .never(.conditionFailed) },
    listing("<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>", .again),
    listing("<Error><Code>SlowDown</Code></Error>", .again),
    listing("<Error><Code>AccessDenied</Code></Error>", .never(.denied)),
    listing("<Error><Message/></Error>", .again),
    listing(String(oneKey.dropLast(20)), .again), listing("<?xml vers", .again), listing("", .again),
    listing("<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>", .never(.invalid)),
    listing("<!DOCTYPE html><html>Please log in</html>", .never(.invalid)),
    listing("{\"keys\":[]}", .never(.invalid)),
    Fault(name: "no tag", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") {
      switch $0 {
      case .put, .create, .replace: .again
      case .get, .head: .never(.invalid)
      case .list, .delete: .absent
      }
    },
    Fault(name: "short body", text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<ListB", end: .closes) {
      $0 == .list ? .again : .absent
    },
    Fault(name: "reset body", text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<ListB", end: .resets) {
      $0 == .list ? .again : .absent
    },
    Fault(name: "stalling body", text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<ListB", end: .stalls) {
      $0 == .list ? .again : .absent
    },
    Fault(name: "400 cut short", text: cutRefusal, end: .closes) { $0 == .head ? .never(.denied) : .again },
    Fault(name: "400 reset", text: cutRefusal, end: .resets) { $0 == .head ? .absent : .again },
    Fault(name: "half a head", text: "HTTP/1.1 200 OK\r\nContent-Le", end: .closes) { _ in .again },
    Fault(name: "reset head", text: "HTTP/1.1 200 OK\r\nContent-Le", end: .resets) { _ in .again },
    Fault(name: "closed", text: "", end: .closes) { _ in .unheard },
    Fault(name: "reset", text: "", end: .resets) { _ in .unheard },
    Fault(name: "no HTTP", text: "<html>no head at all</html>\r\n\r\n", end: .closes) {
      $0 == .create || $0 == .replace ? .again : .never(.invalid)
    },
    Fault(name: "silence", text: "", end: .stalls) { _ in .again },
    Fault(name: "stalling head", text: "HTTP/1.1 200 OK\r\n", end: .stalls) { _ in .again },
    Fault(
      name: "a byte at a time", text: "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 300))\r\n",
      end: .trickles
    ) { _ in .again },
  ]

  /// What happens to bodies.
  private static func arrivesDamaged(_ operation: Operation) -> Meaning {
    [.put, .create, .replace].contains(operation) ? .again : .absent
  }

  private static let cutRefusal = "HTTP/1.1 400 X\r\nContent-Length: 100\r\n\r\n<Error><Code>Exp"

  private static func error(
    _ status: Int, _ code: String? = nil, _ headers: String = "",
    _ meaning: @escaping @Sendable (Operation) -> Meaning = { _ in .again }
  ) -> Fault {
    Fault(name: "\(status) \(code ?? "-") \(headers)", text: answer(status, code, headers), meaning: meaning)
  }

  private static func listing(_ body: String, _ meaning: Meaning) -> Fault {
    Fault(name: body, text: ok(body)) { $0 == .list ? meaning : .absent }
  }

  static func answer(_ status: Int, _ code: String? = nil, _ headers: String = "") -> String {
    let body = code.map { "<?xml version=\"1.0\"?>\n<Error><Code>\($0)</Code><Message/></Error>" } ?? ""
    return "HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static let modified = "Last-Modified: Mon, 04 May 2026 10:11:42 GMT\r\n"

  private static func ok(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\nETag: \"e\"\r\n\(modified)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static let oneKey =
    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>5</Size><ETag>\"e\"</ETag>"
    + "<LastModified>2026-05-04T10:11:42Z</LastModified></Contents></ListBucketResult>\n"

  /// What a server in good health answers.
  static func good(_ operation: Operation) -> String {
    switch operation {
    case .list: ok(oneKey)
    case .get, .head: ok("hello")
    case .put, .create, .replace: ok("")
    case .delete: "HTTP/1.1 204 No Content\r\n\r\n"
    }
  }
}

// MARK: Running them

/// A server for all cells, each of which has a bucket of its own, and their clients.
final class FaultStage: Sendable {
  private let cells: [FaultCell]
  private let counts: Mutex<[Int]>

  init(_ cells: [FaultCell]) {
    self.cells = cells
    counts = Mutex(Array(repeating: 0, count: cells.count))
  }

  static func store(
    at url: String, bucket: String, _ settings: StoreSettings, base: Double, patience: Double? = nil
  ) throws -> S3Store {
    let values = [
      "AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
      "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
    ]
    let traffic = Traffic()
    var retries = Retries(settings, traffic)
    retries.base = base
    if let patience { retries.patience = patience }
    return try S3Access(settings, traffic, environment: { values[$0] }).bucket(bucket, retries: retries)
  }

  func serve(_ connection: Connection) {
    while let request = connection.request() {
      let parts = request.line.split(separator: "/")
      guard parts.count > 1, let number = Int(parts[1].prefix { $0 != "?" }.dropFirst(4)) else { return }
      let cell = cells[number]
      let isHead = request.line.hasPrefix("HEAD")
      // To look at the object, between two forms of a tag, is no part of the write.
      let isLook = isHead && cell.operation != .head
      let count = counts.withLock { counts in
        counts[number] += 1
        return counts[number]
      }
      if isLook || !isHit(cell.moment, count) {
        connection.send(forHead: isHead, FaultCell.good(isLook ? .head : cell.operation))
      } else if !misbehave(cell.fault, connection, isHead) {
        return
      }
    }
  }

  private func isHit(_ moment: FaultCell.Moment, _ count: Int) -> Bool {
    switch moment {
    case .first: count == 1
    case .middle: count == 2
    case .always: true
    }
  }

  /// Whether the connection goes on.
  private func misbehave(_ fault: FaultCell.Fault, _ connection: Connection, _ isHead: Bool) -> Bool {
    if fault.end == .trickles {
      for byte in fault.text.utf8 {
        guard connection.send([byte]) else { return false }
        usleep(20_000)
      }
    }
    connection.send(forHead: isHead, fault.text)
    switch fault.end {
    case .goesOn: return true
    case .closes, .trickles: return false
    case .resets: connection.reset()
    case .stalls: connection.stall()
    }
    return false
  }

  /// Of what never succeeds there are a few attempts; in the quick size one that is slow has to do.
  private func patience(for cell: FaultCell) -> Double {
    guard cell.moment == .always else { return 30 }
    return cell.fault.isSlow ? Double(Sample.rounds(quick: 30, full: 1200, long: 1200)) / 1000 : 0.03
  }

  /// Nil where all is as it is expected.
  func complaint(about number: Int, at url: String) -> String? {
    let cell = cells[number]
    var settings = StoreSettings()
    // Three seconds make one second of silence too long.
    settings.patience = cell.fault.isSlow ? 3 : 60
    settings.leastIdle = 0.5
    guard
      let store = try? Self.store(
        at: url, bucket: "cell\(number)", settings, base: 0.002,
        patience: patience(for: cell))
    else { return "\(cell.name): no store" }
    let (wanted, wantedRequests) = cell.expected
    var attempts = 0
    let outcomes = wanted.map { _ in run(cell.operation, store, &attempts) }
    let requests = counts.withLock { $0[number] }
    if outcomes == wanted && requests == wantedRequests ?? attempts { return nil }
    return
      "\(cell.name): \(outcomes) by \(requests) requests, wanted \(wanted) by \(wantedRequests ?? attempts)"
  }

  private func run(_ operation: FaultCell.Operation, _ store: S3Store, _ attempts: inout Int)
    -> FaultCell.Outcome
  {
    do throws(StoreError) {
      switch operation {
      case .list: _ = try store.list(ListRequest(prefix: ""))
      case .get: _ = try store.open("k", tag: nil)
      case .head: _ = try store.info("k")
      case .put: _ = try store.write("k", .bytes([1]), if: .always)
      case .create: _ = try store.write("k", .bytes([1]), if: .absent)
      case .replace: _ = try store.write("k", .bytes([1]), if: .matches("e"))
      case .delete: try store.remove("k")
      }
      return .done
    } catch {
      if let end = error.reason.firstRange(of: "gave up after ") {
        attempts = Int(error.reason[end.upperBound...].prefix { $0.isNumber }) ?? 0
      }
      switch error {
      case .notFound(.object): return .noObject
      case .notFound(.root): return .noRoot
      case .conditionFailed: return .conditionFailed
      case .denied: return .denied
      case .unsupported: return .unsupported
      case .unavailable: return .unavailable
      case .invalid: return .invalid
      case .io: return .later
      }
    }
  }
}

extension Connection {
  /// An answer to HEAD has no body.
  fileprivate func send(forHead isHead: Bool, _ text: String) {
    let end = isHead ? text.firstRange(of: "\r\n\r\n")?.upperBound : nil
    send(String(text[..<(end ?? text.endIndex)]))
  }
}

enum HTTPDate {
  static func text(_ seconds: Int64) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.string(from: Date(timeIntervalSince1970: Double(seconds)))
  }
}

/// Times as requests have them.
enum Stamp {
  /// `20260504T101142Z`
  static func seconds(_ stamp: String) -> Int64? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
    return format.date(from: stamp).map { Int64($0.timeIntervalSince1970) }
  }
}
