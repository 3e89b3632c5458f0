internal import CPostgres
internal import Failures

/// libpq, loaded once, when a database is first named.
struct Libpq: @unchecked Sendable {
  let table: UnsafePointer<CPostgres>

  private static let loaded: Libpq? = {
    let table = UnsafeMutablePointer<CPostgres>.allocate(capacity: 1)
    table.initialize(to: CPostgres())
    return cpostgres_load(table) == 0 ? Libpq(table: UnsafePointer(table)) : nil
  }()

  static func load() throws(Setback) -> Libpq {
    guard let loaded else {
      throw Setback(
        Failure(
          .configuration, cannot: "use", "PostgreSQL",
          because:
            "libpq.so.5, of version 14 or later, can't be loaded; on Debian it is in the package libpq5"))
    }
    return loaded
  }

  /// 78 for what is no address. libpq's own words about it are not said: they repeat it, and a password may be in it. Nor
  /// is one taken whose password has cut it in the wrong place, which would then be named as a host.
  func check(_ url: String) throws(Setback) {
    var words: UnsafeMutablePointer<CChar>?
    let options = table.pointee.conninfoParse(url, &words)
    defer {
      table.pointee.conninfoFree(options)
      table.pointee.freemem(words)
    }
    guard let options, !["host", "port", "dbname"].contains(where: { value(of: $0, options).contains("@") })
    else {
      throw Setback(
        Failure(
          .configuration, cannot: "use", "postgres://...",
          because:
            "libpq does not understand it; what is special in a part, as @ : / ? and %, is percent-encoded"))
    }
  }

  private func value(of name: String, _ options: UnsafeMutablePointer<PQconninfoOption>) -> String {
    var option = options
    while let keyword = option.pointee.keyword {
      if String(cString: keyword) == name { return option.pointee.val.map { String(cString: $0) } ?? "" }
      option += 1
    }
    return ""
  }
}
