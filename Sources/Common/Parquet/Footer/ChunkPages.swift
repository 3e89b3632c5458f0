internal import Codecs

/// Where the pages of a column chunk lie in the file, and what they have in common.
struct ChunkPages: Sendable {
  /// Old parquet-mr left the dictionary page's header out of the size: as much as such a header may have.
  private static let forgotten = 100

  /// From the first byte of the first page.
  let start: Int
  let size: Int
  let codec: Codec
  /// How many entries they have in all.
  let entries: Int

  init(_ metadata: ColumnMetadata, _ leaf: Leaf, fileSize: Int, isOfParquetMR: Bool) throws(Damage) {
    if metadata.isEncrypted { throw .unsupported("is encrypted") }
    if metadata.isElsewhere { throw .unsupported("is in another file") }
    guard metadata.hasContent, metadata.type == leaf.physical.rawValue, metadata.values >= 0 else {
      throw .damaged("is damaged in the footer")
    }
    guard metadata.isNamed else { throw .damaged("has another name in a row group") }
    // An offset of 0 is where the file's magic number is: old writers say so that there is no dictionary.
    let dictionary = metadata.dictionaryPage
    start = dictionary > 0 && dictionary < metadata.dataPage ? dictionary : metadata.dataPage
    entries = metadata.values
    guard start >= 0, metadata.size >= 0, start <= fileSize, metadata.size <= fileSize - start else {
      throw .damaged("is not within it")
    }
    size = min(metadata.size + (isOfParquetMR ? Self.forgotten : 0), fileSize - start)
    guard let codec = Codec(rawValue: metadata.codec) else {
      throw .unsupported("has an unknown codec, \(metadata.codec)")
    }
    self.codec = codec
  }
}
