import Glibc

/// How many rounds a test of random cases has: FRESHET_SIZE is `quick`, which it is where it isn't set, `full` or `long`.
/// Every kind of case is in each; bin/check says which is which.
package enum Sample {
  private static let size = getenv("FRESHET_SIZE").map { String(cString: $0) } ?? "quick"

  package static func rounds(quick: Int, full: Int, long: Int) -> Int {
    size == "quick" ? quick : size == "full" ? full : long
  }
}
