internal import Bytes

/// The bytes of an object as they were before it was compressed.
protocol RecordInput: AnyObject {
  /// Puts at least one byte into `buffer`, which is not empty, and gives the number; 0 only at the sound end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int
}

/// An object whose compression is told by its name where that ends in .gz, .gzip or .zst, else by its first bytes.
final class ObjectInput: RecordInput {
  private let source: any ByteSource
  private let name: String
  private var opened: (any RecordInput)?

  init(_ source: any ByteSource, name: String) {
    self.source = source
    self.name = name
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    if let opened { return try opened.read(into: buffer) }
    let input = try open()
    opened = input
    return try input.read(into: buffer)
  }

  private func open() throws(RecordError) -> any RecordInput {
    var blocks = SourceBlocks(source)
    let lowercase = name.lowercased()
    if lowercase.hasSuffix(".gz") || lowercase.hasSuffix(".gzip") { return GzipInput(blocks) }
    if lowercase.hasSuffix(".zst") { return try ZstdInput(blocks) }
    let magic = try blocks.peek(4)
    // RFC 1952, 2.3.1, and RFC 8878, 3.1.1.
    if magic.starts(with: [0x1F, 0x8B]) { return GzipInput(blocks) }
    if magic.elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) { return try ZstdInput(blocks) }
    return PlainInput(blocks)
  }
}

/// An object that is not compressed.
private final class PlainInput: RecordInput {
  private var blocks: SourceBlocks

  init(_ blocks: consuming SourceBlocks) { self.blocks = blocks }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    try blocks.read(into: buffer)
  }
}
