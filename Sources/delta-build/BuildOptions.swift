internal import Deltas
internal import Failures
internal import Fields
internal import Files
internal import Glibc
internal import Lines
internal import Objects

/// The options with every default filled in, and the fields file read.
struct BuildOptions {
  let fields: Fields
  let work: String
  let reading: SliceReading
  private let threads: Int
  private let jobs: Int

  init(_ tool: DeltaBuild) throws(Failure) {
    guard let file = tool.fields, !file.isEmpty else {
      throw Failure(.usage, "--fields is missing: name the file that says what the records' members mean")
    }
    guard let work = tool.work, !work.isEmpty else {
      throw Failure(.usage, "--work is missing: name a directory to build in, such as /var/lib/freshet/NAME")
    }
    guard tool.skipBad >= 0 else { throw Failure(.usage, "--skip-bad must not be below 0") }
    let threads = tool.threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard (1...1024).contains(threads) else { throw Failure(.usage, "--threads must be from 1 to 1024") }
    guard (1...1024).contains(tool.jobs) else { throw Failure(.usage, "--jobs must be from 1 to 1024") }
    fields = try Self.read(file)
    self.work = work
    self.threads = threads
    jobs = tool.jobs
    reading = SliceReading(fields: fields, stores: Stores(), skipBad: tool.skipBad)
  }

  /// Local files keep a thread busy; a store lets it wait.
  func jobs(for objects: [ObjectLine]) -> Int {
    objects.contains { if case .s3 = $0.location { true } else { false } } ? max(threads, jobs) : threads
  }

  private static func read(_ file: String) throws(Failure) -> Fields {
    let bytes: [UInt8]
    do throws(Failure) {
      let descriptor = try Descriptor.reading(Array(file.utf8))
      bytes = try FileIO.readAll(descriptor.number, limit: 1 << 20, name: file)
    } catch {
      throw Failure(error.exit == .permission ? .permission : .noInput, error.message)
    }
    return try Fields.parse(bytes, name: file)
  }
}
