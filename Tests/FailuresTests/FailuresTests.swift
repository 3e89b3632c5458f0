import Failures
import Glibc
import Testing

/// Not tested here: how a failure is printed (Transcripts).
struct FailuresTests {
  @Test(arguments: [
    (ENOENT, Exit.noInput), (ENOTDIR, .noInput), (EACCES, .permission), (EROFS, .permission),
    (EEXIST, .cannotCreate), (EAGAIN, .tryAgain), (EMFILE, .unavailable), (ENOSPC, .io), (EDQUOT, .io),
    (EIO, .io),
  ])
  func `a system call's error has the exit code of its kind`(_ code: Int32, _ exit: Exit) {
    #expect(Exit(errno: code) == exit)
  }

  @Test func `a failure is one sentence that names the object and the reason`() {
    let failure = Failure(errno: ENOSPC, cannot: "write", "a/b")
    #expect(failure.message == "cannot write a/b: No space left on device")
    #expect(failure.exit.rawValue == 74)
  }
}
