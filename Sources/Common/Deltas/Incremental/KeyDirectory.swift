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
  /// The most entries of a file that is written.
  private let mostEntries: Int

  init(_ work: WorkDirectory, fields: Fields, limits: Limits) {
    self.work = work
    self.fields = fields
    // An entry takes 16 bytes, and as much again while it is sorted.
    mostEntries = min(max(limits.memory / 2 / 32, 1 << 16), 1 << 30)
  }

  func open(_ names: [String]) throws(Failure) -> [Named] {
    var files: [Named] = []
    for name in names { files.append((name, try work.keyFile(name))) }
    return files
  }

  /// Writes down what runs and segments name; gives the files' names.
  func write(
    runs: [Int], of slice: borrowing SliceRuns, segments: [IndexManifest.Segment]
  ) throws(Failure) -> [String] {
    var names: [String] = []
    var writer = KeyFileWriter()
    let window = slice.window
    for index in runs {
      writer.add(try window.run(index), slice.identities[index], hasGroups: fields.group != nil)
      window.forget(index)
      if writer.count > mostEntries {
        names.append(try write(writer))
        writer = KeyFileWriter()
      }
    }
    for entry in segments {
      try add(entry, to: &writer)
      if writer.count > mostEntries {
        names.append(try write(writer))
        writer = KeyFileWriter()
      }
    }
    if writer.count > 0 { names.append(try write(writer)) }
    return names
  }

  /// The file's name is the hash of its sources, of which its content is a function.
  private func write(_ writer: consuming KeyFileWriter) throws(Failure) -> String {
    let name = writer.identity.hex + ".keys"
    try writer.write(name, in: work.keys)
    return name
  }

  private func add(_ entry: IndexManifest.Segment, to writer: inout KeyFileWriter) throws(Failure) {
    let segment = try work.segment(entry).reader
    let source = writer.add(KeyFile.Source(.segment, entry.identity))
    func add(_ kind: KeyKind, _ key: UnsafeRawBufferPointer, _ number: Int) {
      writer.add(KeyHash.hash(kind, key), KeyMention(source: source, kind: kind, number: number))
    }
    try segment.forEachID { (number, id) throws(Failure) in add(.id, id, number) }
    let tombstones = segment.documents + segment.meta.groupTombstones
    try segment.forEachIDTombstone { (number, id) throws(Failure) in add(.id, id, tombstones + number) }
    let groups = segment.meta.groups
    if fields.group != nil {
      try segment.forEachGroup { (number, group) throws(Failure) in add(.group, group, number) }
      try segment.forEachGroupTombstone { (number, group) throws(Failure) in
        add(.group, group, groups + number)
      }
    }
  }

  // MARK: - From build to build

  /// The files for the next build: of this one's runs and new segments, and those there were.
  func update(
    _ old: [Named], runs: [Int], of slice: borrowing SliceRuns, segments: [IndexManifest.Segment],
    new: [IndexManifest.Segment]
  ) throws(Failure) -> [String] {
    let added = try write(runs: runs, of: slice, segments: new)
    var sources = Set(slice.identities.map { KeyFile.Source(.run, $0) })
    for entry in segments { sources.insert(KeyFile.Source(.segment, entry.identity)) }
    // Where a file holds nothing any more it goes; a source is looked up in one file only.
    var files = (old + (try open(added))).filter { file in file.file.sources.contains(where: sources.contains)
    }
    while files.count > 1 {
      let (upper, lower) = (files[files.count - 1], files[files.count - 2])
      let count = upper.file.entries.count + lower.file.entries.count
      guard upper.file.entries.count * 2 > lower.file.entries.count, count <= mostEntries else { break }
      files.removeLast(2)
      files += try open([try merge([lower, upper], sources)])
    }
    return files.map(\.name)
  }

  private func merge(_ files: [Named], _ sources: Set<KeyFile.Source>) throws(Failure) -> String {
    var writer = KeyFileWriter()
    var left = sources
    for file in files { writer.add(file.file) { left.remove($0) != nil } }
    return try write(writer)
  }
}
