internal import CCurl

/// One request and its answer on a line. It moves only while somebody waits for the head or for bytes of the body, and
/// holds at most `spillLimit` bytes and one chunk of libcurl's: then the server has to wait.
final class HTTPExchange {
  static let spillLimit = 256 << 10

  private(set) var head = HTTPHead()
  /// What came of it, once it is over.
  private(set) var result: CURLcode?
  private let line: HTTPLine
  private let request: HTTPRequest
  private var upload: HTTPUpload
  private var fields: UnsafeMutablePointer<curl_slist>?
  /// Bytes of the body that have come, of which the first `taken` have been read.
  private var spill: [UInt8] = []
  private var taken = 0
  private var isPaused = false
  private var headIsBad = false
  private var holdsLine = true
  private var idleness: Idleness

  init(_ line: HTTPLine, _ request: HTTPRequest, _ settings: HTTPSettings) {
    self.line = line
    self.request = request
    upload = HTTPUpload(request.body)
    idleness = Idleness(settings, request)
  }

  deinit { detach() }

  /// Takes the exchange off the line, once: from then on the line is another's. A connection with an answer half
  /// read is closed, any other is kept.
  @discardableResult
  func detach() -> HTTPLine? {
    guard holdsLine else { return nil }
    holdsLine = false
    _ = line.curl.pointee.multi_remove_handle(line.multi, line.easy)
    line.curl.pointee.easy_reset(line.easy)
    line.curl.pointee.slist_free_all(fields)
    return line
  }

  func start(_ settings: HTTPSettings) throws(HTTPError) {
    line.curl.pointee.easy_reset(line.easy)
    guard request.url.hasPrefix("https://") || request.url.hasPrefix("http://"), !request.url.utf8.contains(0)
    else {
      throw .invalid("not an http address")
    }
    configure(settings)
    configureMethod()
    configureCallbacks()
    for header in request.headers { try add(header) }
    // Waiting for leave to send costs a second where the server gives none.
    try add(HTTPHeader("Expect", ""))
    if let fields { line.set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(fields)) }
    guard line.curl.pointee.multi_add_handle(line.multi, line.easy) == CURLM_OK else {
      throw .invalid("libcurl takes no request")
    }
  }

  private func add(_ header: HTTPHeader) throws(HTTPError) {
    let text = header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)"
    guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }),
      let longer = line.curl.pointee.slist_append(fields, text)
    else { throw .invalid("a header that can't be sent") }
    fields = longer
  }

  private func configure(_ settings: HTTPSettings) {
    line.set(CURLOPT_URL, request.url)
    line.set(CURLOPT_PATH_AS_IS, 1)
    line.set(CURLOPT_PROTOCOLS_STR, request.url.hasPrefix("https://") ? "https" : "http")
    line.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    line.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    line.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    line.set(CURLOPT_NOSIGNAL, 1)
    line.set(CURLOPT_TCP_KEEPALIVE, 1)
    line.set(CURLOPT_BUFFERSIZE, 256 << 10)
    line.set(CURLOPT_USERAGENT, settings.userAgent)
    line.set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout * 1000))
    if let deadline = request.deadline { line.set(CURLOPT_TIMEOUT_MS, max(1, Int(deadline * 1000))) }
    if let certificates = settings.certificates { line.set(CURLOPT_CAINFO, certificates) }
    if let certificate = settings.clientCertificate {
      line.set(CURLOPT_SSLCERT, certificate)
      line.set(CURLOPT_SSLKEY, settings.clientKey ?? certificate)
      // Else OpenSSL asks at the terminal.
      line.set(CURLOPT_KEYPASSWD, "")
    }
    // What a proxy says to CONNECT is not the answer.
    line.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    if !settings.proxies { line.set(CURLOPT_NOPROXY, "*") }
  }

  private func configureMethod() {
    switch (request.method, request.body) {
    case ("HEAD", _): line.set(CURLOPT_NOBODY, 1)
    case ("GET", .none): line.set(CURLOPT_HTTPGET, 1)
    case (_, .none): line.set(CURLOPT_CUSTOMREQUEST, request.method)
    default:
      line.set(CURLOPT_UPLOAD, 1)
      line.set(CURLOPT_CUSTOMREQUEST, request.method)
      line.set(CURLOPT_INFILESIZE_LARGE, offset: request.body.count)
    }
  }

  /// The callbacks find the exchange by a pointer that is not counted: it outlives them, since its own methods
  /// are what runs them.
  private func configureCallbacks() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA] {
      line.set(option, me)
    }
    line.set(CURLOPT_HEADERFUNCTION) {
      HTTPExchange.at($3)?.takeHeader(UnsafeRawBufferPointer(start: $0, count: $1 &* $2)) ?? 0
    }
    line.set(CURLOPT_WRITEFUNCTION) {
      HTTPExchange.at($3)?.takeBody(UnsafeRawBufferPointer(start: $0, count: $1 &* $2)) ?? 0
    }
    line.set(CURLOPT_READFUNCTION) {
      let buffer = UnsafeMutableRawBufferPointer(start: $0, count: $1 &* $2)
      return HTTPExchange.at($3)?.giveBody(into: buffer) ?? Int(CURL_READFUNC_ABORT)
    }
    line.set(seek: { me, offset, _ in
      HTTPExchange.at(me)?.upload.seek(to: Int64(offset)) == true ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    })
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> HTTPExchange? {
    pointer.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Anything but the number of bytes given makes libcurl stop.
  private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    let wasComplete = head.isComplete
    if head.add(line: bytes) {
      if head.isComplete != wasComplete { idleness.begin() } else { idleness.move(bytes.count) }
      return bytes.count
    }
    headIsBad = true
    return bytes.count == 0 ? 1 : 0
  }

  private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    if spill.count - taken >= Self.spillLimit {
      isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    spill.append(contentsOf: bytes)
    idleness.move(bytes.count)
    return bytes.count
  }

  private func giveBody(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let count = upload.read(into: buffer)
    idleness.move(count ?? 0)
    return count
  }

  /// Waits until the head is there.
  func awaitHead() throws(HTTPError) {
    try advance { head.isComplete }
    if !head.isComplete { throw failure ?? .interrupted("the answer was cut short") }
  }

  /// Waits for bytes of the body; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Int {
    if taken == spill.count {
      spill.removeAll(keepingCapacity: true)
      taken = 0
      if isPaused {
        isPaused = false
        _ = line.curl.pointee.easy_pause(line.easy, CURLPAUSE_CONT)
      }
      try advance { !spill.isEmpty }
    }
    let count = min(buffer.count, spill.count - taken)
    guard count > 0 else {
      if let failure { throw failure }
      return 0
    }
    buffer.copyBytes(from: spill[taken..<taken + count])
    taken += count
    return count
  }

  private func advance(until isReady: () -> Bool) throws(HTTPError) {
    let curl = line.curl.pointee
    while !isReady(), result == nil {
      var count: Int32 = 0
      guard curl.multi_perform(line.multi, &count) == CURLM_OK else { throw .invalid("libcurl gave up") }
      collectResult()
      if isReady() || result != nil { return }
      try wait()
    }
  }

  private func wait() throws(HTTPError) {
    guard idleness.left > 0 else { throw .timedOut("no answer from \(request.host) in time") }
    let start = ContinuousClock.now
    let longest = Int32(1 + min(999, idleness.left * 1000))
    guard line.curl.pointee.multi_poll(line.multi, nil, 0, longest, nil) == CURLM_OK else {
      throw .invalid("libcurl gave up")
    }
    idleness.wait(ContinuousClock.now - start)
  }

  private func collectResult() {
    var left: Int32 = 0
    while let message = line.curl.pointee.multi_info_read(line.multi, &left) {
      if message.pointee.msg == CURLMSG_DONE { result = message.pointee.data.result }
    }
  }

  private var failure: HTTPError? {
    guard let result, result != CURLE_OK else { return nil }
    if headIsBad {
      return .invalid("an answer whose head is malformed, or larger than \(HTTPHead.limit) bytes")
    }
    if upload.failed { return .unsendable("it was changed while it was sent") }
    let text = line.curl.pointee.easy_strerror(result).map { String(cString: $0) } ?? "no answer"
    return HTTPError(result, text: text, host: request.host)
  }
}
