internal import Failures
internal import Files
internal import Threads

/// Writes what was made for a segment's parts on a thread of its own, while what comes next is made.
final class PartsBehind: @unchecked Sendable {
  typealias Writing = @Sendable (inout PartsWriter) throws(Failure) -> Void

  private let directory: Directory
  private let threads: Int
  private var parts: PartsWriter
  /// What was made last.
  private var waiting: Writing?
  private var failure: Failure?

  init(in directory: Directory, threads: Int) {
    self.directory = directory
    self.threads = threads
    parts = PartsWriter(in: directory)
  }

  /// `body` makes something, and gives how it is written. What it fails with counts before what writing does.
  func make(_ body: () throws(Failure) -> Writing) throws(Failure) {
    waiting = try beside(threads: threads, { self.write() }, body)
    if let failure { throw failure }
  }

  private func write() {
    guard let waiting, failure == nil else { return }
    do throws(Failure) { try waiting(&parts) } catch { failure = error }
  }

  /// The parts, when all that was made is written.
  func finish() throws(Failure) -> PartsWriter {
    write()
    if let failure { throw failure }
    var written = PartsWriter(in: directory)
    swap(&written, &parts)
    return written
  }
}
