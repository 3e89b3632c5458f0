/// Turns the logs of a field, one of each lane, into postings in byte order of the terms: a counting sort.
///
/// The terms are cut into ranges, which can be inverted at the same time, and which bound the memory that it takes: 8 bytes an
/// occurrence. A range begins at a multiple of 32 terms, so that the ranges' dictionaries can be laid side by side.
///
/// A class of constants: its ranges are inverted by several threads.
final class Inversion: @unchecked Sendable {
  /// One lane's log.
  struct Source: @unchecked Sendable {
    let field: UnsafeMutablePointer<TermField>
    /// The number in the segment of the lane's first document.
    let firstDocument: UInt32
    /// The terms' numbers in byte order of the terms, and the occurrences of each number.
    let order: [UInt32]
    let counts: UnsafeMutablePointer<UInt32>
  }

  /// A term in a source; a term's members follow one another in the order of the sources.
  private struct Member {
    let source: UInt32
    let number: UInt32
    let occurrences: UInt32
    let begins: Bool
  }

  /// Ranks of terms, and where their members are.
  struct Chunk {
    let terms: Range<Int>
    fileprivate let members: Range<Int>
    fileprivate let occurrences: Int
  }

  private let sources: [Source]
  private let members: UnsafeMutableBufferPointer<Member>
  let chunks: [Chunk]
  let terms: Int
  let isText: Bool
  let hasPositions: Bool
  /// A byte a document of the segment; none for keywords.
  let norms: ByteArena
  let documents: Int

  /// At most about `limit` occurrences in a chunk, and at least `parts` chunks where there is work for them.
  init(_ sources: [Source], limit: Int, parts: Int) {
    self.sources = sources
    isText = sources.first?.field.pointee.isText ?? true
    hasPositions = sources.first?.field.pointee.hasPositions ?? false
    documents = sources.reduce(0) { $0 + $1.field.pointee.documents }
    norms = Self.joinedNorms(sources, documents: documents)
    members = Self.merged(sources)
    (chunks, terms) = Self.cut(members, limit: limit, parts: parts)
  }

  deinit {
    members.deallocate()
    for source in sources { source.counts.deallocate() }
  }

  var sumOfLengths: Int { sources.reduce(0) { $0 + $1.field.pointee.sumOfLengths } }

  private static func joinedNorms(_ sources: [Source], documents: Int) -> ByteArena {
    var norms = ByteArena()
    if documents > 0 { for source in sources { norms.append(source.field.pointee.norms.bytes) } }
    return norms
  }

  // MARK: - Preparing

  /// Sorts and counts one lane's terms.
  static func source(_ field: UnsafeMutablePointer<TermField>, firstDocument: UInt32) -> Source {
    let order = field.pointee.table.strings.view.sorted()
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: max(order.count, 1))
    counts.initialize(repeating: 0, count: order.count)
    for word in field.pointee.log.elements(UInt32.self) where word < TermField.skip {
      counts[Int(word)] &+= 1
    }
    return Source(field: field, firstDocument: firstDocument, order: order, counts: counts)
  }

  /// The sources' terms in one order.
  private static func merged(_ sources: [Source]) -> UnsafeMutableBufferPointer<Member> {
    var merge = StringMerge(
      sources.map { $0.field.pointee.table.strings.view }, orders: sources.map(\.order))
    let members = UnsafeMutableBufferPointer<Member>.allocate(
      capacity: sources.reduce(0) { $0 + $1.order.count })
    var count = 0
    while let (item, isNew) = merge.next() {
      members.initializeElement(
        at: count,
        to: Member(
          source: UInt32(item.list), number: UInt32(item.number),
          occurrences: sources[item.list].counts[item.number], begins: isNew))
      count += 1
    }
    return members
  }

  private static func cut(
    _ members: UnsafeMutableBufferPointer<Member>, limit: Int, parts: Int
  ) -> (chunks: [Chunk], terms: Int) {
    let total = members.reduce(0) { $0 + Int($1.occurrences) }
    let limit = max(min(limit, total / max(parts, 1)), smallestChunk)
    var chunks: [Chunk] = []
    var (term, firstTerm, firstMember, occurrences) = (0, 0, 0, 0)
    for (index, member) in members.enumerated() {
      if member.begins {
        if occurrences >= limit, term % SegmentFormat.termsPerBlock == 0 {
          chunks.append(
            Chunk(terms: firstTerm..<term, members: firstMember..<index, occurrences: occurrences))
          (firstTerm, firstMember, occurrences) = (term, index, 0)
        }
        term += 1
      }
      occurrences += Int(member.occurrences)
    }
    if term > firstTerm {
      chunks.append(
        Chunk(terms: firstTerm..<term, members: firstMember..<members.count, occurrences: occurrences))
    }
    return (chunks, term)
  }

  private static let smallestChunk = 1 << 12

  // MARK: - Inverting

  /// The terms of one chunk with their postings.
  func invert(_ chunk: Chunk) -> InvertedTerms {
    let entries = UnsafeMutablePointer<UInt64>.allocate(capacity: max(chunk.occurrences, 1))
    defer { entries.deallocate() }
    sort(chunk, into: entries)
    var encoder = PostingsEncoder(norms: norms.bytes, hasFrequencies: isText, hasPositions: hasPositions)
    var dictionary = TermDictionaryWriter()
    var postings = 0
    var (index, start) = (chunk.members.lowerBound, 0)
    while index < chunk.members.upperBound {
      let member = members[index]
      var end = start
      repeat {
        end += Int(members[index].occurrences)
        index += 1
      } while index < chunk.members.upperBound && !members[index].begins
      let list = encoder.encode(UnsafeBufferPointer(start: entries + start, count: end - start))
      dictionary.add(sources[Int(member.source)].field.pointee.table.strings[Int(member.number)], list)
      postings += list.documentFrequency
      start = end
    }
    return InvertedTerms(dictionary, encoder, postings: postings)
  }

  /// Puts the occurrences of the chunk's terms side by side, each as document << 32 | position.
  private func sort(_ chunk: Chunk, into entries: UnsafeMutablePointer<UInt64>) {
    for (number, source) in sources.enumerated() {
      let count = source.order.count
      let places = UnsafeMutablePointer<Int>.allocate(capacity: max(count, 1))
      defer { places.deallocate() }
      let isWhole = chunks.count == 1
      if !isWhole { places.initialize(repeating: -1, count: count) }
      var start = 0
      for member in members[chunk.members] {
        if member.source == number { places[Int(member.number)] = start }
        start += Int(member.occurrences)
      }
      let log = UnsafeBufferPointer(source.field.pointee.log.elements(UInt32.self))
      if isWhole {
        Self.distribute(log, places, from: source.firstDocument, into: entries)
      } else {
        Self.distributeSome(log, places, from: source.firstDocument, into: entries)
      }
    }
  }

  /// `places`: where the next occurrence of each term goes.
  private static func distribute(
    _ log: UnsafeBufferPointer<UInt32>, _ places: UnsafeMutablePointer<Int>, from document: UInt32,
    into entries: UnsafeMutablePointer<UInt64>
  ) {
    var entry = UInt64(document) << 32
    for word in log {
      if word < TermField.skip {
        let place = places[Int(word)]
        entries[place] = entry
        places[Int(word)] = place &+ 1
        entry &+= 1
      } else {
        step(&entry, word)
      }
    }
  }

  /// The same, where a term that isn't wanted has a place below 0.
  private static func distributeSome(
    _ log: UnsafeBufferPointer<UInt32>, _ places: UnsafeMutablePointer<Int>, from document: UInt32,
    into entries: UnsafeMutablePointer<UInt64>
  ) {
    var entry = UInt64(document) << 32
    for word in log {
      if word < TermField.skip {
        let place = places[Int(word)]
        if place >= 0 {
          entries[place] = entry
          places[Int(word)] = place &+ 1
        }
        entry &+= 1
      } else {
        step(&entry, word)
      }
    }
  }

  @inline(__always)
  private static func step(_ entry: inout UInt64, _ word: UInt32) {
    let count = UInt64(word & TermField.payload)
    if word < TermField.nextDocument {
      entry &+= count
    } else {
      entry = (entry >> 32 &+ count) << 32
    }
  }
}

/// Some terms of a field in byte order, with their postings: a piece of each of the field's parts.
final class InvertedTerms: @unchecked Sendable {
  let dictionary: TermDictionaryWriter
  let lists: PostingsEncoder
  /// The sum of the document frequencies.
  let postings: Int

  init(_ dictionary: consuming TermDictionaryWriter, _ lists: consuming PostingsEncoder, postings: Int) {
    self.dictionary = dictionary
    self.lists = lists
    self.postings = postings
  }
}
