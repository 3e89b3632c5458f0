internal import Bytes
internal import Failures
package import Fields

/// What a segment says of itself, in varints but for the bytes named:
///
///     documents, groups, group tombstones, id tombstones, fields, and of each field:
///       length of the name, the name, byte kind, byte flags (1: positions, 2: stemmed),
///       where it is stemmed the length of the language's name, and the name,
///       documents that have it, sum of their lengths, terms, postings
///
/// A text's length is its number of indexed words, a keyword's its number of distinct values.
package struct SegmentMeta: Equatable, Sendable {
  package struct Column: Equatable, Sendable {
    package var name: String
    package var kind: Field.Kind
    package var hasPositions: Bool
    /// The language whose stemmer its words went through, as Fields names it.
    package var stem: String?
    package var documents = 0
    package var sumOfLengths = 0
    package var terms = 0
    package var postings = 0

    package var hasTerms: Bool { kind == .text || kind == .keyword }
  }

  package var documents = 0
  package var groups = 0
  package var groupTombstones = 0
  package var idTombstones = 0
  package var columns: [Column]

  /// Where there is no group field, each document is its own group, named by its id.
  package var hasGroups: Bool { columns.contains { $0.kind == .group } }
  package var tombstones: Int { groupTombstones + idTombstones }
}

extension SegmentMeta {
  private static let kinds: [Field.Kind] = [.id, .group, .text, .keyword, .number, .stored]
  private static let positionsFlag: UInt8 = 1
  private static let stemFlag: UInt8 = 2

  init(_ fields: Fields) {
    columns = fields.all.map {
      Column(name: $0.name, kind: $0.kind, hasPositions: $0.kind == .text && $0.positions, stem: $0.stem)
    }
  }

  func write(to out: inout ByteArena) {
    for count in [documents, groups, groupTombstones, idTombstones, columns.count] { out.appendVarint(count) }
    for column in columns {
      out.appendVarint(column.name.utf8.count)
      out.append(Array(column.name.utf8))
      out.append(UInt8(Self.kinds.firstIndex(of: column.kind) ?? 0))
      out.append((column.hasPositions ? Self.positionsFlag : 0) | (column.stem != nil ? Self.stemFlag : 0))
      if let stem = column.stem {
        out.appendVarint(stem.utf8.count)
        out.append(Array(stem.utf8))
      }
      for count in [column.documents, column.sumOfLengths, column.terms, column.postings] {
        out.appendVarint(count)
      }
    }
  }

  init(_ part: Part) throws(Failure) {
    var cursor = ByteCursor(part.bytes)
    let counts = (0..<4).map { _ in cursor.count(limit: SegmentFormat.maxDocuments) }
    (documents, groups, groupTombstones, idTombstones) = (counts[0], counts[1], counts[2], counts[3])
    columns = []
    for _ in 0..<cursor.count(limit: cursor.remaining) { columns.append(try Self.column(&cursor, part)) }
    guard !cursor.overrun, cursor.isAtEnd else { throw part.corrupt("it does not end where its counts say") }
    guard columns.count(where: { $0.kind == .id }) == 1, columns.count(where: { $0.kind == .group }) <= 1,
      Set(columns.map(\.name)).count == columns.count
    else { throw part.corrupt("the fields are no fields file's") }
    guard groups <= documents, hasGroups || groups == documents else {
      throw part.corrupt("there are more groups than documents")
    }
  }

  private static func column(_ cursor: inout ByteCursor, _ part: Part) throws(Failure) -> Column {
    let name = cursor.bytes(cursor.count(limit: cursor.remaining))
    let kind = Int(cursor.byte())
    let flags = cursor.byte()
    let stem = flags & stemFlag != 0 ? cursor.bytes(cursor.count(limit: cursor.remaining)) : nil
    let counts = (0..<4).map { _ in cursor.count(limit: .max) }
    guard !cursor.overrun, let name = String(validating: name, as: UTF8.self), kind < kinds.count,
      flags <= positionsFlag | stemFlag, stem == nil || kinds[kind] == .text,
      let language = stem.map({ String(validating: $0, as: UTF8.self) }) ?? .some(nil)
    else { throw part.corrupt("a field is damaged") }
    return Column(
      name: name, kind: kinds[kind], hasPositions: flags & positionsFlag != 0, stem: language,
      documents: counts[0], sumOfLengths: counts[1], terms: counts[2], postings: counts[3])
  }
}
