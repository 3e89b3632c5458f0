internal import Bytes
internal import Failures
package import Files

/// Something wrong with one file of an index.
package struct FileFinding: Equatable, Sendable {
  package let file: String
  package let finding: Finding
}

extension IndexManifest {
  /// Checks the files of an index against the manifest, and each by itself. `segments` and `live` are in the manifest's order.
  package func verify(segments files: [MappedFile], live: [MappedFile?]) -> [FileFinding] {
    var findings: [FileFinding] = []
    var opened: [IndexView.Segment] = []
    for (index, entry) in segments.enumerated() where index < files.count {
      findings += Self.checksum(files[index], entry.sha256, entry.name)
      do throws(Failure) {
        let reader = try SegmentReader(files[index], name: entry.name)
        findings += reader.verify().map { FileFinding(file: entry.name, finding: $0) }
        if reader.documents != entry.documents {
          findings.append(.init(file: entry.name, finding: .init(part: "file", what: Self.otherCount)))
        }
        opened.append(IndexView.Segment(reader, live: nil))
        guard let entry = entry.live, index < live.count, let file = live[index] else { continue }
        findings += Self.checksum(file, entry.sha256, entry.name)
        opened[opened.count - 1] = try Self.open(file, entry, of: reader)
      } catch {
        findings.append(.init(failure: error, file: entry.name, live: entry.live?.name))
      }
    }
    if findings.isEmpty, !fits(opened) {
      findings.append(.init(file: "manifest", finding: .init(part: "file", what: Self.otherCount)))
    }
    return findings
  }

  private static let otherCount = "its counts are not those of the manifest"

  private static func open(
    _ file: MappedFile, _ entry: LiveFile, of reader: SegmentReader
  ) throws(Failure) -> IndexView.Segment {
    IndexView.Segment(reader, live: try LiveSet(file.bytes, of: reader, name: entry.name))
  }

  private static func checksum(_ file: MappedFile, _ expected: String, _ name: String) -> [FileFinding] {
    if Hex.encode(SHA256.hash(file.bytes)) == expected { return [] }
    return [.init(file: name, finding: .init(part: "file", what: "its SHA-256 is not that of the manifest"))]
  }

  private func fits(_ opened: [IndexView.Segment]) -> Bool {
    let live = opened.reduce(into: (documents: 0, tombstones: 0)) { sum, segment in
      sum.documents += segment.documentCount
      sum.tombstones += segment.live?.tombstoneCount ?? segment.reader.meta.tombstones
    }
    return live == (documents, tombstones)
  }
}

extension FileFinding {
  /// From a failure of the segment, or of its live file.
  fileprivate init(failure: Failure, file: String, live: String?) {
    let name = live.flatMap { failure.message.hasPrefix("cannot read \($0): ") ? $0 : nil } ?? file
    self.init(file: name, finding: Finding(failure: failure, file: name))
  }
}
