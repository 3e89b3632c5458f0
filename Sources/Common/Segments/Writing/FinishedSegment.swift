package import Failures
package import Files

/// A segment that is whole, in a temporary file: `keep` gives it its name; without it the file goes with the value.
package struct FinishedSegment: ~Copyable {
  /// The length of the file, and its SHA-256 in hex.
  package let bytes: Int
  package let sha256: String
  package let documents: Int
  package let groups: Int
  package let groupTombstones: Int
  package let idTombstones: Int
  package var tombstones: Int { groupTombstones + idTombstones }
  private let file: TemporaryFile
  private let directory: Directory

  init(_ file: TemporaryFile, for directory: Directory, bytes: Int, sha256: String, meta: SegmentMeta) {
    (self.file, self.directory, self.bytes, self.sha256) = (file, directory, bytes, sha256)
    documents = meta.documents
    groups = meta.groups
    groupTombstones = meta.groupTombstones
    idTombstones = meta.idTombstones
  }

  /// Gives it that name in the directory that it was made for, durably; a file of that name is replaced.
  package consuming func keep(as name: String) throws(Failure) { try file.commit(as: name, in: directory) }

  /// All of its bytes.
  package func content() throws(Failure) -> [UInt8] {
    let file = try mapped()
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  /// The file as it is, under no name of its own.
  package func mapped() throws(Failure) -> MappedFile {
    try MappedFile(file.descriptor, name: directory.full(file.name))
  }
}
