internal import Failures
internal import Files

/// The stored documents of some segments in their new order. A block whose documents stay together is taken as it is.
final class MergedStore: @unchecked Sendable {
  private let plan: MergePlan
  private var writer: DocumentStoreWriter
  private static let readAtOnce = 4 << 20
  private var read = 0
  /// By input: the block at hand.
  private var sources: [Source] = []

  init(_ plan: MergePlan, in directory: Directory) throws(Failure) {
    self.plan = plan
    writer = DocumentStoreWriter(in: directory)
    for input in plan.inputs { sources.append(try Source(input.reader)) }
    try plan.forEachRun { (run) throws(Failure) in try take(run.documents, sources[run.input]) }
  }

  private func take(_ documents: Range<Int>, _ source: Source) throws(Failure) {
    var next = documents.lowerBound
    while next < documents.upperBound {
      try source.find(next)
      // The last block of a segment ends where the segment does, and not by its documents.
      if writer.isAtBlockStart, next == source.documents.lowerBound,
        source.documents.upperBound <= documents.upperBound, !source.isLast
      {
        let packed = try source.packed()
        note(packed.count)
        writer.append(block: packed, documents: source.documents.count, length: try source.length())
        next = source.documents.upperBound
        continue
      }
      note(try source.load())
      let end = min(documents.upperBound, source.documents.upperBound)
      for document in next..<end { writer.add(try source.document(document), id: try source.id(document)) }
      next = end
    }
  }

  /// Blocks are read once: what was mapped for those behind is given back from time to time.
  private func note(_ bytes: Int) {
    read += bytes
    guard read >= Self.readAtOnce else { return }
    for input in plan.inputs { input.reader.forget() }
    read = 0
  }

  /// The file that the documents are in, for the other parts.
  func finish() throws(Failure) -> PartsWriter { try writer.finish() }

  /// One segment's blocks, read from front to end.
  private final class Source {
    private let store: DocumentStore
    private var ids: ByteTableWalk
    private var block = -1
    private var loaded = -1
    private var content = StoreBlock()
    /// Those of the block at hand.
    private(set) var documents = 0..<0

    init(_ reader: SegmentReader) throws(Failure) {
      store = reader.store
      ids = try ByteTableWalk(reader.ids)
    }

    var isLast: Bool { block + 1 == store.blockCount }

    /// Goes on to the block that has a document.
    func find(_ document: Int) throws(Failure) {
      while !documents.contains(document) {
        guard block + 1 < store.blockCount else {
          throw store.blocks.corrupt("its documents are out of order")
        }
        block += 1
        documents = try store.documents(inBlock: block)
      }
    }

    func packed() throws(Failure) -> UnsafeRawBufferPointer {
      try store.store.slice(try store.range(ofBlock: block))
    }

    func length() throws(Failure) -> Int {
      Int(try store.blocks.u32(at: block * DocumentStore.blockEntry + 12))
    }

    /// Gives the bytes that were read.
    func load() throws(Failure) -> Int {
      if loaded == block { return 0 }
      let packed = try packed()
      guard content.load(packed, documents: documents.count, length: try length()) else {
        throw store.store.corrupt("a block cannot be decompressed")
      }
      loaded = block
      return packed.count
    }

    func document(_ number: Int) throws(Failure) -> UnsafeRawBufferPointer {
      content[number - documents.lowerBound]
    }

    func id(_ number: Int) throws(Failure) -> UnsafeRawBufferPointer { try ids.string(number) }
  }
}
