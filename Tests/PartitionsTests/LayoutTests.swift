import Failures
import Partitions
import SlowLayout
import Testing

/// What is a layout, and which names are spelled like one. Not tested: where a layout comes from.
@Suite struct LayoutTests {
  @Test(
    arguments: [
      ("dt=%Y-%m-%d", 86_400), ("%Y/%m/%d", 86_400), ("%Y%m%d", 86_400), ("%Y/%j", 86_400),
      ("dt=%Y-%m-%d/", 86_400),
      ("dt=%Y-%m-%d/hour=%H", 3600), ("%d.%m.%Y/%H", 3600), ("dt=%Y-%m-%d/hour=%H/minute=%M", 60),
      ("region=*/dt=%Y%m%d", 86_400), ("*/*/%Y%m%d%H%M%S", 1), ("%Y%m%d/a*b%%", 86_400), ("ts=%s", 1),
      ("%Y-%m-%d/%s", 1), ("100%%/%Y%m%d", 86_400), ("%Y/%m/dt=%Y-%m-%d", 86_400), ("_x/%Y%m%d", 86_400),
      ("%H/%M/%s", 1), ("%s.json/x", 1), ("dt=%Y-%m-%dT%H", 3600),
    ] as [(String, Int64)])
  func `A layout has the step of its smallest unit`(text: String, step: Int64) throws {
    #expect(try Layout(text).step == step)
  }

  @Test(arguments: [
    ("", "nothing before"), ("/", "nothing before"), ("data", "no time in it"), ("*", "no time in it"),
    ("%Y", "must be a day"), ("%Y/%m", "must be a day"), ("%m/%d", "no year"), ("%H", "no year"),
    ("%Y/%d", "needs a month"),
    ("%Y-%m-%d/%M", "%M needs an hour"), ("%Y-%m-%d/%H/%S", "%S needs a minute"),
    ("%Y/%m/%H", "must be a day"),
    ("%Y-%m-%d/%y", "%y is none of"), ("%Y-%m-%d/%", "nothing follows"), ("%Y//%j", "nothing before"),
    ("/%Y/%j", "nothing before"), ("%Y/%j//", "nothing before"), ("%Y/./%j", "no directory"),
    ("../%Y/%j", "no directory"),
    ("%Y*/%j", "has no time in it"), ("*%Y/%j", "has no time in it"), ("%Y/%j/a*b*", "only one"),
    ("%Y/%j/**", "only one"),
    ("%s0", "digits right behind"), ("%s%Y", "digits right behind"), ("%s%s", "digits right behind"),
  ])
  func `What fixes no time is refused with 64 and the reason`(text: String, reason: String) {
    #expect { try Layout(text) } throws: { error in
      guard let failure = error as? Failure else { return false }
      return failure.exit == .usage && failure.message.hasPrefix("cannot read the layout '\(text)': ")
        && failure.message.contains(reason)
    }
  }

  @Test(arguments: [
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=10/part-0", "2026-05-04T10:00:00Z"),
    ("dt=%Y-%m-%d/hour=%H", "dt=2024-02-29/hour=23/a/b/c", "2024-02-29T23:00:00Z"),
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=10/", "2026-05-04T10:00:00Z"),
    ("%Y/%j", "2024/366/x", "2024-12-31T00:00:00Z"),
    ("%Y/%m/dt=%Y-%m-%d", "2026/05/dt=2026-05-04/x", "2026-05-04T00:00:00Z"),
    ("region=*/%Y%m%d", "region=eu/20260504/x", "2026-05-04T00:00:00Z"),
    ("region=*/%Y%m%d", "region=/20260504/x", "2026-05-04T00:00:00Z"),
    ("*/%Y%m%d", "ünï code/20260504/x", "2026-05-04T00:00:00Z"),
    ("a*b/%Y%m%d", "ab/20260504/x", "2026-05-04T00:00:00Z"),
    ("ts=%s", "ts=0/x", "1970-01-01T00:00:00Z"), ("ts=%s", "ts=1777889100/x", "2026-05-04T10:05:00Z"),
    ("ts=%s", "ts=253402300799/x", "9999-12-31T23:59:59Z"), ("%Y%m%d", "99991231/x", "9999-12-31T00:00:00Z"),
    ("%Y-%m-%d/%s", "2026-05-04/1777889100/x", "2026-05-04T10:05:00Z"),
    ("100%%/%Y%m%d", "100%/20260504/x", "2026-05-04T00:00:00Z"),
  ])
  func `A path says its time`(layout: String, path: String, time: String) throws {
    #expect(try match(layout, path)?.time.description == time)
  }

  @Test(arguments: [
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=10"), ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=24/x"),
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=1/x"), ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=010/x"),
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=10 /x"), ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/Hour=10/x"),
    ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04/hour=+1/x"), ("dt=%Y-%m-%d/hour=%H", "dt=2026-05-04//hour=10/x"),
    ("dt=%Y-%m-%d", "dt=2026-02-29/x"), ("dt=%Y-%m-%d", "dt=2026-04-31/x"),
    ("dt=%Y-%m-%d", "dt=2026-00-01/x"),
    ("dt=%Y-%m-%d", "dt=0000-01-01/x"), ("dt=%Y-%m-%d", "dt=2026-5-4/x"), ("dt=%Y-%m-%d", "xdt=2026-05-04/x"),
    ("dt=%Y-%m-%d", "dt=2026-05-04.bak/x"), ("dt=%Y-%m-%d", "dt=２０２６-05-04/x"), ("%Y/%j", "2026/366/x"),
    ("%Y/%j", "2026/000/x"), ("%Y/%m/dt=%Y-%m-%d", "2026/06/dt=2026-05-04/x"), ("*/%Y%m%d", "/20260504/x"),
    ("*/%Y%m%d", "_temporary/20260504/x"), ("*/%Y%m%d", ".hidden/20260504/x"), ("*/%Y%m%d", "../20260504/x"),
    ("a*b/%Y%m%d", "a/20260504/x"), ("aba*ab/%Y%m%d", "abab/20260504/x"), ("ts=%s", "ts=/x"),
    ("ts=%s", "ts=01/x"),
    ("ts=%s", "ts=-1/x"), ("ts=%s", "ts=253402300800/x"), ("ts=%s", "ts=9999999999999999999999/x"),
    ("%Y-%m-%d/%s", "2026-05-05/1777889100/x"), ("%H/%s", "11/1777889100/x"),
    ("%Y/%m/%d/%j", "2026/05/04/125/x"),
  ])
  func `A path that is spelled otherwise, or names no time, does not match`(layout: String, path: String)
    throws
  {
    #expect(try match(layout, path) == nil)
  }

  @Test func `The partition's directory ends where the layout does`() throws {
    #expect(try match("%Y/%j", "2026/001/a/b")?.directoryEnd == 8)
  }

  private func match(_ layout: String, _ path: String) throws -> Layout.Match? {
    try Layout(layout).match(Array(path.utf8)[...])
  }
}
