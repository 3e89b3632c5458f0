internal import CCurl

/// libcurl, loaded and set up once, when the first client is made.
struct Curl: @unchecked Sendable {
  let table: UnsafePointer<CCurl>

  private static let loaded: Curl? = {
    let table = UnsafeMutablePointer<CCurl>.allocate(capacity: 1)
    table.initialize(to: CCurl())
    guard ccurl_load(table) == 0, table.pointee.global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
      return nil
    }
    return Curl(table: UnsafePointer(table))
  }()

  static func load() throws(HTTPError) -> Curl {
    guard let loaded else {
      throw .noLibrary("libcurl.so.4 can't be loaded; on Debian it is in the package libcurl4")
    }
    return loaded
  }
}
