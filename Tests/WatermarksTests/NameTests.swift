import Failures
import Testing
import Watermarks

/// Names and addresses. Not tested: stores that come later.
@Suite struct NameTests {
  @Test(arguments: [
    "ads", "a", "A-1_b.c", "0", "tenant/ads", "a/b/c", "_x", String(repeating: "n", count: 64),
  ])
  func `a name that is one`(_ text: String) throws {
    #expect(try WatermarkName(text).text == text)
  }

  @Test(arguments: [
    "", "/", "a/", "/a", "a//b", "-x", ".x", "..", "a/..", "a/-b", "a b", "a\tb", "a\nb", "ä", "a\u{301}",
    "a%20b",
    "a'b", "a;b", "a\0b", String(repeating: "n", count: 65),
    Array(repeating: String(repeating: "n", count: 60), count: 5).joined(separator: "/"),
  ])
  func `a name that is none`(_ text: String) {
    let failure = #expect(throws: Failure.self) { try WatermarkName(text) }
    #expect(failure?.exit == .usage)
  }

  @Test func `names are sorted by their bytes`() throws {
    #expect(
      try ["b", "a/b", "a", "a-b", "B"].map(WatermarkName.init).sorted().map(\.text) == [
        "B", "a", "a-b", "a/b", "b",
      ])
  }

  @Test(arguments: [
    ("sqlite:wm.db", nil), ("sqlite:/var/lib/wm.db", nil), ("sqlite::memory:", nil as Exit?),
    ("wm.db", .usage), ("sqlite:", .usage), ("sqlite:dir/", .usage), ("", .usage), ("mysql://x", .usage),
  ])
  func `the address of a store`(_ text: String, _ exit: Exit?) throws {
    do throws(Failure) {
      #expect(try StoreAddress(text) == .sqlite(path: String(text.dropFirst(7))))
      #expect(exit == nil)
    } catch {
      #expect(error.exit == exit)
    }
  }

  @Test(arguments: [
    "host=db user=u password=canary", "postgres:u:canary@h/d", "postgresql:u:canary@h", "s3:canary", "canary",
    "Postgres://u:canary@h/d", "mysql://u:canary@h", " postgres://u:canary@h/d",
  ])
  func `an address that is none is not repeated: it may hold a password`(_ text: String) {
    let failure = #expect(throws: Failure.self) { try StoreAddress(text) }
    #expect(failure?.exit == .usage)
    #expect(failure?.message.contains("write sqlite:PATH") == true)
    #expect(failure?.message.contains("canary") == false)
  }

  @Test(arguments: [
    ("/state", "/home/a", "/state/freshet/watermarks.db"),
    ("state", "/home/a", "/home/a/.local/state/freshet/watermarks.db"),
    (nil, "/home/a", "/home/a/.local/state/freshet/watermarks.db"), (nil, nil, nil), ("x", "y", nil),
  ])
  func `where the store is, when nobody says`(_ state: String?, _ home: String?, _ path: String?) {
    let address = try? StoreAddress(stateHome: state, home: home)
    #expect(address == path.map { .sqlite(path: $0) })
  }
}
