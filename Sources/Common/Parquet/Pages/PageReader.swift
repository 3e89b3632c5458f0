internal import Bytes
internal import Codecs

/// A page, decompressed. Its bytes are valid until the next one is read.
enum Page {
  case data(DataPage)
  case dictionary(entries: Int, UnsafeRawBufferPointer)
}

struct DataPage {
  let entries: Int
  let encoding: Int
  let repetitions: LevelReader
  let definitions: LevelReader
  let values: UnsafeRawBufferPointer
}

// A column chunk is pages, each after its header (README.md, Column chunks):
//
//     header (Thrift)  page, compressed
//
// A data page of version 1 is compressed as a whole, one of version 2 from its values on:
//
//     repetition levels | definition levels | values
struct PageReader: ~Copyable {
  /// The longest page that is read.
  private static let greatest = 1 << 30
  /// Only a page of at most so many bytes may be of any ratio to what it was compressed to: of zeros many fit in a few.
  private static let free = 64 << 20
  private static let mostRatio = 1000
  /// A header may have statistics in it, and these may be long.
  private static let greatestHeader = 64 << 20

  private let leaf: Leaf
  private let codec: Codec
  private var bytes: ChunkBytes
  private var decompressor = Decompressor()
  private var memory = PageMemory()
  /// Where the page that was read last begins.
  private(set) var pageStart: Int

  init(_ leaf: Leaf, _ codec: Codec, _ bytes: consuming ChunkBytes) {
    self.leaf = leaf
    self.codec = codec
    pageStart = bytes.position
    self.bytes = bytes
  }

  /// Nil where the chunk has no more.
  mutating func next() throws(ParquetError) -> Page? {
    while bytes.left > 0 {
      pageStart = bytes.position
      let header = try header()
      guard header.compressedSize <= bytes.left else { throw error(.damaged("is cut short")) }
      let body = try bytes.look(header.compressedSize).first(header.compressedSize)
      bytes.advance(header.compressedSize)
      do {
        if let page = try page(header, body) { return page }
      } catch { throw self.error(error) }
    }
    return nil
  }

  func error(_ damage: Damage) -> ParquetError {
    damage.of("\(leaf.title): the page at byte \(pageStart)")
  }

  private mutating func header() throws(ParquetError) -> PageHeader {
    var wanted = 1 << 10
    while true {
      let window = try bytes.look(wanted)
      var reader = ThriftReader(window)
      do {
        let header = try PageHeader(&reader)
        bytes.advance(reader.position)
        return header
      } catch {
        guard error == .cutShort, window.count < min(bytes.left, Self.greatestHeader) else {
          throw self.error(.damaged("has a damaged header"))
        }
        wanted = window.count * 4
      }
    }
  }

  /// Nil for a kind of page that nobody needs.
  private mutating func page(_ header: PageHeader, _ body: UnsafeRawBufferPointer) throws(Damage) -> Page? {
    if let checksum = header.checksum, CRC32.checksum(body) != checksum {
      throw .damaged("has a wrong checksum")
    }
    if header.kind == .other { return nil }
    guard (0...Int(Int32.max)).contains(header.entries) else { throw .damaged("has a damaged header") }
    switch header.kind {
    case .data: return .data(try dataPage(header, try decompress(body, to: header.size)))
    case .dataV2: return .data(try dataPageV2(header, body))
    default:
      guard header.encoding == Encoding.plain || header.encoding == Encoding.plainDictionary else {
        throw .unsupported("has a dictionary of an unknown encoding, \(header.encoding)")
      }
      return .dictionary(entries: header.entries, try decompress(body, to: header.size))
    }
  }

  private func dataPage(_ header: PageHeader, _ body: UnsafeRawBufferPointer) throws(Damage) -> DataPage {
    var rest = body
    let repetitions = try LevelReader(
      leaf.maxRepetition, header.repetitionEncoding, entries: header.entries, takingFrom: &rest)
    let definitions = try LevelReader(
      leaf.maxDefinition, header.definitionEncoding, entries: header.entries, takingFrom: &rest)
    return DataPage(
      entries: header.entries, encoding: header.encoding,
      repetitions: repetitions, definitions: definitions, values: rest)
  }

  private mutating func dataPageV2(_ header: PageHeader, _ body: UnsafeRawBufferPointer) throws(Damage)
    -> DataPage
  {
    let repetitions = header.repetitionSize
    let definitions = header.definitionSize
    guard repetitions >= 0, definitions >= 0, repetitions <= body.count,
      definitions <= body.count - repetitions, repetitions + definitions <= header.size
    else { throw .damaged("has levels that are cut short") }
    var values = body.rebased(from: repetitions + definitions)
    if header.isCompressed {
      values = try decompress(values, to: header.size - repetitions - definitions)
    }
    return DataPage(
      entries: header.entries, encoding: header.encoding,
      repetitions: LevelReader(leaf.maxRepetition, body.first(repetitions)),
      definitions: LevelReader(
        leaf.maxDefinition, body.rebased(from: repetitions).first(definitions)),
      values: values)
  }

  private mutating func decompress(_ input: UnsafeRawBufferPointer, to size: Int) throws(Damage)
    -> UnsafeRawBufferPointer
  {
    if codec == .uncompressed && input.count == size || size == 0 { return input.first(size) }
    guard size <= Self.greatest else { throw .unsupported("is longer than 1 GiB") }
    guard codec.canExpand(input.count, to: size) else { throw .damaged("can't be as long as it says") }
    guard size <= Self.free || size / Self.mostRatio < max(input.count, 1) else {
      throw .damaged("expands more than \(Self.mostRatio) times")
    }
    let output = try memory.reserve(size)
    do { try decompressor.decompress(codec, input, into: output) } catch {
      switch error {
      case .damaged: throw .damaged("does not decompress")
      case .tooLarge: throw .unsupported("needs more memory than there is")
      case .unsupported(let reason): throw .unsupported("can't be read: \(reason)")
      }
    }
    return UnsafeRawBufferPointer(output)
  }
}
