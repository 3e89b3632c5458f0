package import Bytes
package import Failures
package import Files
package import Objects
package import Segments

/// One whole generation of a published index, or a built index, with its files mapped.
package struct OpenedIndex {
  package struct Layer {
    package let manifest: IndexManifest
    /// In the order of `manifest.segments`.
    package let segments: [MappedFile]
    /// The live file of each segment, where it has one.
    package let live: [MappedFile?]
  }

  /// Nil for a built index that was not published.
  package let generation: Int?
  /// The base where there is one, then the delta where there is one.
  package let layers: [Layer]

  /// Opens what `location` names: a destination (with CURRENT), one of its generations' manifests (`….json`), or the
  /// manifest of a build. Local files are mapped where they are; those of a store are fetched into unnamed temporary files.
  /// Always one whole generation: where a file has gone meanwhile, CURRENT is read again and must have moved on.
  /// 66 where there is no index; 65 for what is damaged or of a newer format. Sizes are checked here, checksums by `verify`.
  package static func open(_ location: Location, stores: Stores) throws(Failure) -> OpenedIndex {
    throw Failure(.software, "not built yet")
  }
}
