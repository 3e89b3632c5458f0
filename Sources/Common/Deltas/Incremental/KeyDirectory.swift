internal import Failures
internal import Fields
internal import Bytes
internal import Runs
internal import Segments

/// The files of keys of a work directory, as a build leaves them for the next: its own last, and where two of about one size
/// lie side by side they become one, so that there are about as many as the number of builds has binary digits.
struct KeyDirectory {
  typealias Named = (name: String, file: KeyFile)

  private let work: WorkDirectory
  private let fields: Fields
  /// The most mentions that are sorted at once, and the most entries of a file.
  private let mostGathered: Int
  private let mostEntries: Int

  init(_ work: WorkDirectory, fields: Fields, limits: Limits) {
    self.work = work
    self.fields = fields
    // A mention takes 32 bytes while it is sorted, and an entry of two files that become one 8.
    mostGathered = max(limits.memory / 4 / 32, 1 << 16)
    mostEntries = min(max(limits.memory / 2 / 8, 1 << 16), 1 << 31)
  }

  func open(_ names: [String]) throws(Failure) -> [Named] {
    var files: [Named] = []
    for name in names { files.append((name, try work.keyFile(name))) }
    return files
  }

  /// Writes down what runs and segments name; gives the files' names.
  private func write(
    runs: [Int], of slice: borrowing SliceRuns, segments: [IndexManifest.Segment]
  ) throws(Failure) -> [String] {
    var names: [String] = []
    var writer = KeyFileWriter()
    let window = slice.window
    for index in runs {
      let run = try window.run(index)
      writer.add(run, slice.identities[index], hasGroups: fields.group != nil)
      run.release()
      window.forget(index)
      try flush(&writer, into: &names)
    }
    for entry in segments {
      try add(entry, to: &writer)
      try flush(&writer, into: &names)
    }
    try flush(&writer, into: &names, from: 1)
    return names
  }

  private func flush(
    _ writer: inout KeyFileWriter, into names: inout [String], from least: Int? = nil
  ) throws(Failure) {
    guard writer.count >= least ?? mostGathered else { return }
    let full = writer
    writer = KeyFileWriter()
    names.append(try write(full))
  }

  /// The file's name is the hash of its sources, of which its content is a function.
  private func write(_ writer: consuming KeyFileWriter) throws(Failure) -> String {
    let name = writer.identity.hex + ".keys"
    try writer.write(name, in: work.keys)
    return name
  }

  private func add(_ entry: IndexManifest.Segment, to writer: inout KeyFileWriter) throws(Failure) {
    let segment = try work.segment(entry).reader
    writer.begin(KeyFile.Source(.segment, entry.identity), extent: segment.entries)
    try segment.forEachID { (number, id) throws(Failure) in writer.add(.id, id, number) }
    let tombstones = segment.documents + segment.meta.groupTombstones
    try segment.forEachIDTombstone { (number, id) throws(Failure) in writer.add(.id, id, tombstones + number)
    }
    let groups = segment.meta.groups
    if fields.group != nil {
      try segment.forEachGroup { (number, group) throws(Failure) in writer.add(.group, group, number) }
      try segment.forEachGroupTombstone { (number, group) throws(Failure) in
        writer.add(.group, group, groups + number)
      }
    }
  }

  // MARK: - From build to build

  /// The files for the next build: of this one's runs and new segments, and those there were.
  func update(
    _ old: [Named] = [], runs: [Int], of slice: borrowing SliceRuns, segments: [IndexManifest.Segment],
    new: [IndexManifest.Segment]
  ) throws(Failure) -> [String] {
    var sources = Set(slice.identities.map { KeyFile.Source(.run, $0) })
    for entry in segments { sources.insert(KeyFile.Source(.segment, entry.identity)) }
    var added = try open(try write(runs: runs, of: slice, segments: new))
    try merge(&added, of: sources) { _, _ in true }
    // Where a file holds nothing any more it goes; a source is looked up in one file only.
    var files = old.filter { $0.file.sources.contains(where: sources.contains) } + added
    try merge(&files, of: sources) { lower, upper in upper * 2 > lower }
    return files.map(\.name)
  }

  /// Makes one of the last two, as long as their numbers of entries say so.
  private func merge(
    _ files: inout [Named], of sources: Set<KeyFile.Source>, while isWorth: (Int, Int) -> Bool
  ) throws(Failure) {
    while files.count > 1 {
      let (lower, upper) = (files[files.count - 2], files[files.count - 1])
      guard isWorth(lower.file.count, upper.file.count), lower.file.count + upper.file.count <= mostEntries
      else { return }
      files.removeLast(2)
      files += try open([try merge(lower, upper, sources)])
    }
  }

  private func merge(_ lower: Named, _ upper: Named, _ sources: Set<KeyFile.Source>) throws(Failure) -> String
  {
    var left = sources
    let merge = KeyFileMerge(lower.file, upper.file) { left.remove($0) != nil }
    let name = merge.identity.hex + ".keys"
    try merge.write(name, in: work.keys)
    return name
  }
}
