package import Failures

/// One text field of an index in the Common Index File Format (github.com/osirrc/ciff, version 1), which search engines
/// exchange bags of words by: only visible documents, and no positions.
///
///     file          Header  PostingsList ...  DocRecord ...      each behind its length as a varint
///     Header        1 version (1)   2 lists   3 documents   4, 5 the same two of the whole collection
///                   6 words of the collection   7 average length, a double   8 description
///     PostingsList  1 term   2 document frequency   3 collection frequency   4 Posting ...
///     Posting       1 document: the gap to the one before   2 frequency
///     DocRecord     1 document   2 id   3 length
///
/// Documents are numbered from 0 in byte order of their ids, the terms are in byte order, a document's length is the number
/// of its words in the field. All numbers of documents, lists, and words of a document are int32.
///
/// What is held in memory is 4 bytes a document of the segments, 4 a visible one, and the longest list of postings.
package struct CIFF {
  private let view: IndexView
  private let field: String
  /// A document's number in the file, by the segment's place and its number there; -1 for what is not visible.
  private var numbers: [[Int32]]
  private var lengths: [Int32] = []
  private var lists = 0
  private var words = 0

  /// Goes through the field once, for what the header tells.
  package init(_ view: IndexView, field: String) throws(Failure) {
    self.view = view
    self.field = field
    numbers = view.segments.map { Array(repeating: -1, count: $0.reader.documents) }
    var (numbers, lengths, lists, words) = (numbers, lengths, lists, words)
    try view.forEachID { (_, segment, document) throws(Failure) in
      numbers[segment][document] = try Self.int32(lengths.count)
      lengths.append(0)
    }
    try view.forEachTerm(of: field) { (_, postings) throws(Failure) in
      lists += 1
      for posting in postings {
        let number = Int(numbers[posting.segment][posting.document])
        guard lengths.indices.contains(number) else {
          throw Failure(
            .badData, cannot: "read", view.segments[posting.segment].reader.name,
            because: "a document is not among its ids")
        }
        lengths[number] = try Self.int32(Int(lengths[number]).addingSaturating(posting.frequency))
        words = words.addingSaturating(posting.frequency)
      }
    }
    (self.numbers, self.lengths, self.lists, self.words) = (numbers, lengths, lists, words)
  }

  /// Goes through the field once more, and hands over the file piece by piece.
  package func write(to output: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    func put(_ message: ProtobufMessage) throws(Failure) {
      var length = ProtobufMessage()
      length.appendVarint(message.bytes.count)
      try output(length.bytes)
      try output(message.bytes)
    }
    try put(try header())
    try view.forEachTerm(of: field) { (term, postings) throws(Failure) in try put(try list(term, postings)) }
    var number = 0
    try view.forEachID { (id, _, _) throws(Failure) in
      try put(try record(number, id))
      number += 1
    }
  }

  private func header() throws(Failure) -> ProtobufMessage {
    var header = ProtobufMessage()
    header.append(1, 1)
    for place in [2, 4] {
      header.append(place, Int(try Self.int32(lists)))
      header.append(place + 1, lengths.count)
    }
    header.append(6, words)
    header.append(7, lengths.isEmpty ? 0 : Double(words) / Double(lengths.count))
    header.append(8, Array("freshet \(Release.version), field \(field)".utf8))
    return header
  }

  private func list(_ term: [UInt8], _ postings: [VisiblePosting]) throws(Failure) -> ProtobufMessage {
    var list = ProtobufMessage()
    list.append(1, try Self.text(term, "a term"))
    list.append(2, postings.count)
    list.append(3, postings.reduce(0) { $0.addingSaturating($1.frequency) })
    var entry = ProtobufMessage()
    var previous = 0
    let numbered = postings.map { (number: Int(numbers[$0.segment][$0.document]), frequency: $0.frequency) }
    for posting in numbered.sorted(by: { $0.number < $1.number }) {
      entry.removeAll()
      entry.append(1, posting.number - previous)
      entry.append(2, posting.frequency)
      list.append(4, entry)
      previous = posting.number
    }
    return list
  }

  private func record(_ number: Int, _ id: [UInt8]) throws(Failure) -> ProtobufMessage {
    var record = ProtobufMessage()
    record.append(1, number)
    record.append(2, try Self.text(id, "an id"))
    record.append(3, Int(lengths[number]))
    return record
  }

  private static func int32(_ count: Int) throws(Failure) -> Int32 {
    guard let count = Int32(exactly: count) else {
      throw Failure(.badData, cannot: "write", "CIFF", because: "\(count) does not fit into its 32 bits")
    }
    return count
  }

  /// Readers refuse a string that is not UTF-8.
  private static func text(_ bytes: [UInt8], _ what: String) throws(Failure) -> [UInt8] {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Failure(.badData, cannot: "write", "CIFF", because: "\(what) is not UTF-8")
    }
    return bytes
  }
}
