import ArgumentParser
import Testing

@testable import Console

/// Not tested here: the life of a process (Transcripts/console.t).
struct ConsoleTests {
  private struct Command: ParsableCommand {
    @OptionGroup var common: CommonOptions
    @Option(name: .shortAndLong) var maxShrink = ""
    @Option var now: String?
    @Flag(name: [.customShort("e"), .long]) var emptyFails = false
    @Argument var place = ""
  }

  @Test func `an option's variable is its long name, also in a group; an argument has none`() {
    let names = EnvironmentOptions.names(of: Command.self)
    #expect(
      names.map(\.variable) == [
        "FRESHET_VERBOSE", "FRESHET_QUIET", "FRESHET_JSON", "FRESHET_MAX_SHRINK", "FRESHET_NOW",
        "FRESHET_EMPTY_FAILS",
      ])
    #expect(names.map(\.isFlag) == [true, true, true, false, false, true])
  }

  @Test(arguments: [
    ("plain é €", "plain é €"), ("a\u{1B}[31m", "a\\u{1B}[31m"), ("tab\t", "tab\\t"),
    ("\u{9B}x", "\\u{009B}x"),
  ])
  func `no control character reaches a terminal`(_ text: String, _ escaped: String) {
    #expect(Terminal.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("cannot list 's3://key:se/cret@b/p': no", "cannot list 's3://...': no"),
    ("s3://key:se and s3://secret@b", "s3://... and s3://..."),
    ("cannot list s3://b/p@x:y: denied", "cannot list s3://b/p@x:y: denied"), ("s3://b: x", "s3://b: x"),
    ("s3://", "s3://"), ("'s3a://key:se/cret@b/p'", "'s3a://...'"), ("S3://KEY:se/cret@b x", "S3://... x"),
    ("s3n://key:secret/b", "s3n://..."), ("://", "://"), ("oss://key:se/cret@b", "oss://..."),
    ("cannot use http://...@h/x: it is refused", "cannot use http://...: it is refused"),
    ("http://127.0.0.1:9000/x and https://k:s@h", "http://127.0.0.1:9000/x and https://..."),
  ])
  func `an address with a key in it is not repeated`(_ text: String, _ shown: String) {
    #expect(Terminal.presentable(text) == shown)
  }

  @Test func `what is done at once is said side by side, each with what keeps it`() {
    var status = Status()
    #expect(status.line == "starting")
    status.text = "publishing"
    status.set(trouble: "503", of: "")
    #expect(status.line == "publishing: 503")
    status.set("to a", of: "a")
    #expect(status.line == "to a: 503")
    status.set("to b", of: "b")
    status.set(trouble: "busy", of: "a")
    #expect(status.line == "to a: busy; to b; 503")
    status.set(trouble: nil, of: "b")
    status.set(trouble: nil, of: "")
    status.set("to b: 1 of 2", of: "b")
    #expect(status.line == "to a: busy; to b: 1 of 2")
    status.set(nil, of: "a")
    #expect(status.line == "to b: 1 of 2: a: busy")
    status.set(trouble: nil, of: "a")
    status.set(nil, of: "b")
    status.set(nil, of: "b")
    #expect(status.line == "publishing")
  }
}
