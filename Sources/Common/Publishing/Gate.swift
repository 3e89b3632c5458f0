internal import Bytes
internal import Failures
internal import Glibc
internal import Processes

/// A check of the user's own: a command for sh(1), which finds the new index in FRESHET_INDEX and the destination in
/// FRESHET_DEST. What it prints goes to stderr, for stdout carries the receipt.
package struct Gate: Sendable {
  let command: String

  package init(_ command: String) { self.command = command }

  /// Its exit code; 128 and the number of the signal where one ended it.
  func run(index: Location, destination: Location) throws(Failure) -> Int32 {
    var program = Program(["/bin/sh", "-c", command])
    program.variables = [("FRESHET_INDEX", index.argument), ("FRESHET_DEST", destination.argument)]
    program.streams = (.nothing, .copy(of: 2), .inherited)
    let process = try program.start(as: "the gate")
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(errno: errno, cannot: "wait for", "the gate") }
    }
    return Ending(status: status).code
  }
}

extension Location {
  /// As a person would type it: no byte encoded.
  var argument: [UInt8] {
    switch self {
    case .local(let path): path
    case .s3(let bucket, let key): Array("s3://\(bucket)/".utf8) + key
    }
  }
}
