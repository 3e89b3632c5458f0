package import Failures

/// One term of a field, with the visible documents that have it in byte order of their ids.
package struct DumpedTerm: Equatable, Sendable {
  package let field: String
  package let term: [UInt8]
  /// For keywords the frequency is 1.
  package let documents: [(id: [UInt8], frequency: Int)]

  package static func == (a: DumpedTerm, b: DumpedTerm) -> Bool {
    a.field == b.field && a.term == b.term && a.documents.elementsEqual(b.documents, by: ==)
  }
}

extension IndexView {
  /// Every term of the text and keyword fields that a visible document has, by field and term in byte order.
  package func forEachTerm(_ body: (DumpedTerm) throws(Failure) -> Void) throws(Failure) {
    let visible = try segments.indices.map { (number) throws(Failure) in
      try self.visible(inSegment: number)
    }
    for field in fields where field.kind == .text || field.kind == .keyword {
      var sources: [TermSource] = []
      for (number, segment) in segments.enumerated() {
        guard let column = field.numbers[number].flatMap({ segment.reader.termColumns[$0] }) else { continue }
        sources.append(try TermSource(segment.reader, visible[number], column))
      }
      try merge(&sources, of: field.name, body)
    }
  }

  private func merge(
    _ sources: inout [TermSource], of field: String, _ body: (DumpedTerm) throws(Failure) -> Void
  ) throws(Failure) {
    while let term = sources.compactMap(\.term).min(by: { $0.lexicographicallyPrecedes($1) }) {
      var documents: [(id: [UInt8], frequency: Int)] = []
      for index in sources.indices where sources[index].term == term {
        try sources[index].takeDocuments(into: &documents)
      }
      documents.sort { $0.id.lexicographicallyPrecedes($1.id) }
      if !documents.isEmpty { try body(DumpedTerm(field: field, term: term, documents: documents)) }
    }
  }

  /// Every visible document as JSON, in byte order of the ids.
  package func forEachDocument(_ body: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var sources: [DocumentSource] = []
    for (number, segment) in segments.enumerated() {
      sources.append(try DocumentSource(segment.reader, try visible(inSegment: number)))
    }
    while true {
      var first: (index: Int, id: [UInt8])?
      for (index, source) in sources.enumerated() {
        guard let id = source.id else { continue }
        if let best = first, !id.lexicographicallyPrecedes(best.id) { continue }
        first = (index, id)
      }
      guard let first else { return }
      try body(try sources[first.index].take())
    }
  }
}

/// The terms of one field of one segment.
private struct TermSource {
  private let reader: SegmentReader
  private let visible: Bitmap
  private let column: TermColumn
  private var cursor: TermCursor
  /// The term at hand; nil behind the last.
  private(set) var term: [UInt8]?

  init(_ reader: SegmentReader, _ visible: Bitmap, _ column: TermColumn) throws(Failure) {
    (self.reader, self.visible) = (reader, visible)
    self.column = column
    cursor = try column.dictionary.cursor()
    term = try cursor.next() ? cursor.term : nil
  }

  /// Appends the visible documents of the term at hand, and goes on to the next.
  mutating func takeDocuments(into documents: inout [(id: [UInt8], frequency: Int)]) throws(Failure) {
    var postings = try PostingsCursor(column, cursor.entry)
    try postings.next()
    while postings.document != PostingsCursor.noDocument {
      if visible[postings.document] {
        documents.append((try reader.id(of: postings.document), Int(postings.frequency)))
      }
      try postings.next()
    }
    term = try cursor.next() ? cursor.term : nil
  }
}

/// The visible documents of one segment, in byte order of their ids.
private struct DocumentSource {
  private let reader: SegmentReader
  private let visible: Bitmap
  private var stored: StoredDocuments
  private var place = -1
  private var number = 0
  /// The id of the document at hand; nil behind the last.
  private(set) var id: [UInt8]?

  init(_ reader: SegmentReader, _ visible: Bitmap) throws(Failure) {
    (self.reader, self.visible) = (reader, visible)
    stored = reader.stored
    try advance()
  }

  mutating func take() throws(Failure) -> ArraySlice<UInt8> {
    let document = try stored.document(number)
    try advance()
    return document
  }

  private mutating func advance() throws(Failure) {
    id = nil
    while id == nil, place + 1 < reader.documents {
      place += 1
      number = try reader.document(atPlace: place)
      if visible[number] { id = try reader.id(of: number) }
    }
  }
}
