internal import CCurl

/// One easy handle in a multi handle of its own, which holds the connections. One thread uses it at a time.
final class HTTPLine: @unchecked Sendable {
  let curl: UnsafePointer<CCurl>
  let easy: UnsafeMutableRawPointer
  let multi: UnsafeMutableRawPointer

  init() throws(HTTPError) {
    curl = try Curl.load().table
    guard let easy = curl.pointee.easy_init(), let multi = curl.pointee.multi_init() else {
      throw .noLibrary("libcurl has no memory")
    }
    self.easy = easy
    self.multi = multi
  }

  deinit {
    curl.pointee.easy_cleanup(easy)
    _ = curl.pointee.multi_cleanup(multi)
  }

  func set(_ option: CURLoption, _ value: Int) { _ = ccurl_set_long(curl, easy, option, value) }
  func set(_ option: CURLoption, _ value: String) { _ = ccurl_set_string(curl, easy, option, value) }
  func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
    _ = ccurl_set_pointer(curl, easy, option, value)
  }
  func set(_ option: CURLoption, _ value: @escaping CCurlTransfer) {
    _ = ccurl_set_transfer(curl, easy, option, value)
  }
  func set(_ option: CURLoption, offset: Int64) {
    _ = ccurl_set_offset(curl, easy, option, curl_off_t(offset))
  }
  func set(seek: @escaping CCurlSeek) { _ = ccurl_set_seek(curl, easy, seek) }
}
