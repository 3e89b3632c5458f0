package import ArgumentParser
package import Failures
internal import Glibc

/// What every executable has in common: its options become a value, `run()` works, and one function ends the process.
package protocol Tool: ParsableCommand {}

package let freshetVersion = Release.version

extension Tool {
  /// The whole life of the process. Help and version go to stdout; a failure is one line on stderr.
  package static func start() -> Never {
    let name = configuration.commandName ?? "freshet"
    StandardDescriptors.hold()
    BrokenPipe.install()
    // Where it is ignored, as it may be inherited, nobody is told how a child has ended.
    signal(SIGCHLD, SIG_DFL)
    // A file that may not grow any more is an error of write(2), and not our silent end.
    signal(SIGXFSZ, SIG_IGN)
    StatusLine.install(tool: name)
    do {
      let typed = withEmptyValues(Array(CommandLine.arguments.dropFirst()))
      if typed == ["--version"] { endWith(configuration.version, name) }
      var command = try parseAsRoot(EnvironmentOptions.add(to: typed, for: self))
      do { try command.run() } catch {
        LastWords.say()
        throw error
      }
      LastWords.say()
      end(.success)
    } catch let failure as Failure {
      complain(name, failure.message)
      end(failure.exit)
    } catch let exit as QuietExit {
      Glibc.exit(exit.status)
    } catch {
      endParsing(name, error)
    }
  }

  /// `--after=` is `--after ''`, which the parser takes: an empty value is a value, as `--after="$(wm get ads)"` has it.
  private static func withEmptyValues(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].flatMap { argument in
      argument.hasPrefix("--") && argument.hasSuffix("=")
        && argument.utf8.count { $0 == UInt8(ascii: "=") } == 1
        ? [String(argument.dropLast()), ""] : [argument]
    } + arguments[end...]
  }

  private static func endParsing(_ name: String, _ error: any Error) -> Never {
    let text = fullMessage(for: error)
    if exitCode(for: error).isSuccess { endWith(text, name) }
    let reason = message(for: error).prefix { $0 != "\n" }
    complain(name, reason.prefix(1).lowercased() + reason.dropFirst() + " (see \(name) --help)")
    end(.usage)
  }

  private static func endWith(_ text: String, _ name: String) -> Never {
    if print(text, to: 1) { end(.success) }
    let failure = Failure(errno: errno, cannot: "write", "standard output")
    complain(name, failure.message)
    end(failure.exit)
  }

  private static func complain(_ name: String, _ message: some StringProtocol) {
    _ = print("\(name): \(Terminal.presentable(String(message)))", to: 2)
  }

  /// Whether all of it was written.
  private static func print(_ text: String, to descriptor: Int32) -> Bool {
    let line = Array((text + "\n").utf8)
    return Glibc.write(descriptor, line, line.count) == line.count
  }

  private static func end(_ exit: Exit) -> Never { Glibc.exit(exit.rawValue) }
}

/// Ends the process with a code and no word: for `-e`, where "nothing" is exit 1; and with that of a command that was run.
package struct QuietExit: Error {
  let status: Int32
  package init(_ code: Exit) { status = code.rawValue }
  package init(status: Int32) { self.status = status }
}

/// The options that every tool takes.
package struct CommonOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say on stderr what is done.")
  package var verbose = false

  @Flag(name: .shortAndLong, help: "Say nothing on stderr but errors.")
  package var quiet = false

  @Flag(help: "Print one JSON object a line.")
  package var json = false

  package init() {}
}
