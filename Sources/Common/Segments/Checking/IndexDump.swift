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

/// How often a visible document has a term; the document by its segment's place in the view, and its number there.
struct VisiblePosting {
  let segment: Int
  let document: Int
  /// For keywords 1.
  let frequency: Int
}

extension IndexView {
  /// Every term of the text and keyword fields that a visible document has, by field and term in byte order.
  package func forEachTerm(_ body: (DumpedTerm) throws(Failure) -> Void) throws(Failure) {
    for field in fields where field.kind == .text || field.kind == .keyword {
      try forEachTerm(of: field.name) { (term, postings) throws(Failure) in
        var documents: [(id: [UInt8], frequency: Int)] = []
        for posting in postings {
          let id = try segments[posting.segment].reader.id(of: posting.document)
          documents.append((id, posting.frequency))
        }
        documents.sort { $0.id.lexicographicallyPrecedes($1.id) }
        try body(DumpedTerm(field: field.name, term: term, documents: documents))
      }
    }
  }

  /// Every term of a field that a visible document has, in byte order; its postings by segment and document.
  func forEachTerm(
    of name: String, _ body: ([UInt8], [VisiblePosting]) throws(Failure) -> Void
  ) throws(Failure) {
    var sources: [TermSource] = []
    for place in segments.indices {
      guard let field = fields.first(where: { $0.name == name }), let number = field.numbers[place],
        let column = segments[place].reader.termColumns[number]
      else { continue }
      sources.append(try TermSource(try visible(inSegment: place), at: place, column))
    }
    while let term = sources.compactMap(\.term).min(by: { $0.lexicographicallyPrecedes($1) }) {
      var postings: [VisiblePosting] = []
      for index in sources.indices where sources[index].term == term {
        try sources[index].takePostings(into: &postings)
      }
      if !postings.isEmpty { try body(term, postings) }
    }
  }

  /// Every visible document as JSON, in byte order of the ids.
  package func forEachDocument(_ body: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var stored = segments.map(\.reader.stored)
    try forEachID { (_, segment, document) throws(Failure) in
      try body(try stored[segment].document(document))
    }
  }

  /// Every visible document in byte order of the ids, by its segment's place and its number there.
  func forEachID(
    _ body: (_ id: [UInt8], _ segment: Int, _ document: Int) throws(Failure) -> Void
  ) throws(Failure) {
    var sources: [IDSource] = []
    for (place, segment) in segments.enumerated() {
      sources.append(try IDSource(segment.reader, try visible(inSegment: place)))
    }
    while true {
      var first: (index: Int, id: [UInt8])?
      for (index, source) in sources.enumerated() {
        guard let id = source.id else { continue }
        if let best = first, !id.lexicographicallyPrecedes(best.id) { continue }
        first = (index, id)
      }
      guard let first else { return }
      try body(first.id, first.index, sources[first.index].document)
      try sources[first.index].advance()
    }
  }
}

/// The terms of one field of one segment.
private struct TermSource {
  private let visible: Bitmap
  private let place: Int
  private let column: TermColumn
  private var cursor: TermCursor
  /// The term at hand; nil behind the last.
  private(set) var term: [UInt8]?

  init(_ visible: Bitmap, at place: Int, _ column: TermColumn) throws(Failure) {
    self.visible = visible
    self.place = place
    self.column = column
    cursor = try column.dictionary.cursor()
    term = try cursor.next() ? cursor.term : nil
  }

  /// Appends the visible documents of the term at hand, and goes on to the next.
  mutating func takePostings(into postings: inout [VisiblePosting]) throws(Failure) {
    var list = try PostingsCursor(column, cursor.entry)
    try list.next()
    while list.document != PostingsCursor.noDocument {
      if visible[list.document] {
        postings.append(
          VisiblePosting(segment: place, document: list.document, frequency: Int(list.frequency)))
      }
      try list.next()
    }
    term = try cursor.next() ? cursor.term : nil
  }
}

/// The visible documents of one segment, in byte order of their ids.
private struct IDSource {
  private let reader: SegmentReader
  private let visible: Bitmap
  private var place = -1
  /// The number of the document at hand.
  private(set) var document = 0
  /// Its id; nil behind the last.
  private(set) var id: [UInt8]?

  init(_ reader: SegmentReader, _ visible: Bitmap) throws(Failure) {
    (self.reader, self.visible) = (reader, visible)
    try advance()
  }

  mutating func advance() throws(Failure) {
    id = nil
    while id == nil, place + 1 < reader.documents {
      place += 1
      document = try reader.document(atPlace: place)
      if visible[document] { id = try reader.id(of: document) }
    }
  }
}
