package import Failures

/// Two views of an index that may have files in common, as two states of it do.
///
/// What both have is told apart without a look at every document. One of such a file that `one` shows and `other` does not, at
/// that place, is either counted by the live file of `one` alone, or hidden in `other` by an entry of a higher layer that
/// does not hide it in `one`. Only those entries are looked up; those of a file that is above it in both, and counts for
/// both, are passed over by the word of 64.
package struct SharedSegments {
  private let one: IndexView
  private let other: IndexView
  /// By the number of a segment: that of the same file in the other view.
  private let ofOne: [Int?]
  private let ofOther: [Int?]

  /// The files by what identifies their content, in the order of the segments.
  package init(_ one: IndexView, _ files: [String], _ other: IndexView, _ otherFiles: [String]) {
    (self.one, self.other) = (one, other)
    var places: [String: [Int]] = [:]
    for (number, file) in otherFiles.enumerated() { places[file, default: []].append(number) }
    var (ofOne, ofOther) = ([Int?](), [Int?](repeating: nil, count: otherFiles.count))
    for (number, file) in files.enumerated() {
      let place = places[file]?.popLast()
      ofOne.append(place)
      if let place { ofOther[place] = number }
    }
    (self.ofOne, self.ofOther) = (ofOne, ofOther)
  }

  private init(_ one: IndexView, _ ofOne: [Int?], _ other: IndexView, _ ofOther: [Int?]) {
    (self.one, self.ofOne, self.other, self.ofOther) = (one, ofOne, other, ofOther)
  }

  /// The same from the other side.
  package var reversed: SharedSegments { SharedSegments(other, ofOther, one, ofOne) }

  /// For each segment of `one` the documents that it shows, and `other` does not at that place.
  package func documentsOfOneAlone() throws(Failure) -> [ChosenDocuments] {
    var chosen: [ChosenDocuments] = []
    for (number, partner) in ofOne.enumerated() {
      if let partner {
        chosen.append(.list(try documents(inShared: number, as: partner)))
      } else {
        chosen.append(.set(try one.visible(inSegment: number)))
      }
    }
    return chosen
  }

  private func documents(inShared number: Int, as partner: Int) throws(Failure) -> [UInt32] {
    let (segment, twin) = (one.segments[number], other.segments[partner])
    var visibility = one.visibility(ofSegment: number)
    var found: [UInt32] = []
    func look(at document: Int) throws(Failure) {
      if try visibility.contains(document) { found.append(UInt32(document)) }
    }
    try segment.forEachEntry(thatDoesNotCountIn: twin) { (entry) throws(Failure) in
      if case .document(let document) = entry { try look(at: document) }
    }
    for (place, upper) in other.segments.enumerated() where upper.layer > twin.layer {
      if let same = ofOther[place], one.segments[same].layer > segment.layer {
        try upper.forEachDocument(of: segment.reader, hiddenUnlessBy: one.segments[same], look)
      } else {
        try upper.forEachHiddenGroup(foundIn: segment.reader) { (range) throws(Failure) in
          for document in range { try look(at: document) }
        }
        try upper.forEachHiddenID(foundIn: segment.reader, look)
      }
    }
    return found.sortedAndUnique()
  }
}

extension IndexView.Segment {
  enum Entry { case document(Int), groupTombstone(Int), idTombstone(Int) }

  /// What counts here and does not in `other`, which is of the same file.
  func forEachEntry(
    thatDoesNotCountIn other: IndexView.Segment, _ body: (Entry) throws(Failure) -> Void
  ) throws(Failure) {
    guard let without = other.live?.live else { return }
    let all = live?.live ?? Bitmap(all: reader.entries)
    let (documents, groups) = (reader.documents, reader.meta.groupTombstones)
    for (index, word) in zip(all.words, without.words).map({ $0 & ~$1 }).enumerated() where word != 0 {
      var word = word
      while word != 0 {
        let number = index * 64 + word.trailingZeroBitCount
        word &= word - 1
        if number < documents {
          try body(.document(number))
        } else if number < documents + groups {
          try body(.groupTombstone(number - documents))
        } else {
          try body(.idTombstone(number - documents - groups))
        }
      }
    }
  }

  /// The documents of a lower segment that are hidden by what counts here, and not in `other`; some more than once.
  fileprivate func forEachDocument(
    of lower: SegmentReader, hiddenUnlessBy other: IndexView.Segment, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    var last = -1
    func look(inGroup group: UnsafeRawBufferPointer) throws(Failure) {
      for document in try lower.documents(inGroup: group) ?? 0..<0 { try body(document) }
    }
    try forEachEntry(thatDoesNotCountIn: other) { (entry) throws(Failure) in
      switch entry {
      case .document(let document):
        // Documents come in the order of their groups: each group is looked up once.
        let group = reader.hasGroups ? try reader.groupNumber(of: document) : document
        if group != last { try look(inGroup: try reader.groupBytes(group)) }
        last = group
        if let found = try lower.document(id: try reader.ids.string(document)) { try body(found) }
      case .groupTombstone(let number): try look(inGroup: try reader.groupTombstones.string(number))
      case .idTombstone(let number):
        if let found = try lower.document(id: try reader.idTombstones.string(number)) { try body(found) }
      }
    }
  }
}

extension [UInt32] {
  /// In ascending order, each once.
  package consuming func sortedAndUnique() -> [UInt32] {
    var sorted = self
    sorted.sort()
    var unique: [UInt32] = []
    for number in sorted where unique.last != number { unique.append(number) }
    return unique
  }
}
