package import Failures
internal import JSON

/// Something wrong with a file of an index.
package struct Finding: Equatable, Sendable {
  /// `file` where it is no single part.
  package let part: String
  package let what: String

  package init(part: String, what: String) {
    self.part = part
    self.what = what
  }
}

extension SegmentReader {
  /// Checks every checksum, and every structure; what is wrong is at most one finding a part and question.
  package func verify() -> [Finding] {
    var findings = checksumFindings()
    if !parts.hasCleanPadding() { findings.append(Finding(part: "file", what: "its padding is not zero")) }
    findings += checking(ids.part) { () throws(Failure) in try verifyIDs() }
    findings += checking(groups.part) { () throws(Failure) in try verifyGroups() }
    for table in [groupTombstones, idTombstones] {
      findings += checking(table.part) { () throws(Failure) in try table.verifyOrder() }
    }
    for (field, column) in meta.columns.enumerated() {
      if let terms = termColumns[field] {
        findings += checking(terms.dictionary.part) { () throws(Failure) in try verify(terms, column) }
      }
      if let numbers = numberColumns[field] {
        findings += checking(numbers.part) { () throws(Failure) in
          try numbers.verify(having: column.documents)
        }
      }
    }
    findings += checking(store.store) { () throws(Failure) in try verifyStore() }
    return findings
  }

  private func checking(_ part: Part, _ body: () throws(Failure) -> Void) -> [Finding] {
    do throws(Failure) {
      try body()
      return []
    } catch {
      return [Finding(failure: error, file: part.file)]
    }
  }

  private func checksumFindings() -> [Finding] {
    var findings: [Finding] = []
    var seen: Set<UInt32> = []
    for entry in parts.entries {
      let name = label(entry)
      if !parts.isIntact(entry) { findings.append(Finding(part: name, what: "its checksum is wrong")) }
      if !seen.insert(UInt32(entry.kind) << 16 | UInt32(entry.field)).inserted {
        findings.append(Finding(part: name, what: "it is there twice"))
      }
      if let kind = PartKind(rawValue: entry.kind), !isExpected(kind, entry.field) {
        findings.append(Finding(part: name, what: "it is not expected there"))
      }
    }
    return findings
  }

  /// A part's name, with its field's.
  func label(_ entry: PartTable.Entry) -> String {
    let kind = PartKind(rawValue: entry.kind)?.name ?? "part of kind \(entry.kind)"
    if entry.field == SegmentFormat.wholeSegment { return kind }
    let field = Int(entry.field)
    return "\(kind) of " + (field < meta.columns.count ? meta.columns[field].name : "field \(field)")
  }

  private func isExpected(_ kind: PartKind, _ field: UInt16) -> Bool {
    let column = Int(field) < meta.columns.count ? meta.columns[Int(field)] : nil
    switch kind {
    case .terms, .termBlocks, .postings: return column?.hasTerms == true
    case .positions: return column?.hasPositions == true
    case .norms: return column?.kind == .text
    case .numbers: return column?.kind == .number
    case .idOrder, .groups, .groupStarts: return field == SegmentFormat.wholeSegment && meta.hasGroups
    default: return field == SegmentFormat.wholeSegment
    }
  }
}

extension Finding {
  /// From a failure that `Part.corrupt` made.
  package init(failure: Failure, file: String) {
    let prefix = "cannot read \(file): "
    var words = failure.message
    if words.hasPrefix(prefix) { words.removeFirst(prefix.count) }
    if let colon = words.firstRange(of: ": ") {
      self.init(part: String(words[..<colon.lowerBound]), what: String(words[colon.upperBound...]))
    } else {
      self.init(part: "file", what: words)
    }
  }
}

// MARK: - Ids, groups, documents

extension SegmentReader {
  /// Each id once, in byte order by `id order`; within a group in byte order by number.
  private func verifyIDs() throws(Failure) {
    try ids.forEach { (_, _) throws(Failure) in }
    var previous: UnsafeRawBufferPointer?
    for place in 0..<documents {
      let id = try ids.string(try document(atPlace: place))
      if let previous, !ByteOrder.precedes(previous, id) {
        throw (idOrder.bytes.isEmpty ? ids.part : idOrder).corrupt("it is not in byte order")
      }
      previous = id
    }
  }

  private func verifyGroups() throws(Failure) {
    guard meta.hasGroups else { return }
    try groups.verifyOrder()
    var next = 0
    for number in 0..<groups.count {
      let documents = try documents(inGroupNumber: number)
      guard documents.lowerBound == next else { throw groupStarts.corrupt("its documents are out of order") }
      next = documents.upperBound
      for document in documents.dropFirst() {
        guard ByteOrder.precedes(try ids.string(document - 1), try ids.string(document)) else {
          throw ids.part.corrupt("the documents of a group are not in byte order")
        }
      }
    }
    guard next == documents else { throw groupStarts.corrupt("a document is in no group") }
  }

  private func verifyStore() throws(Failure) {
    var stored = stored
    var (end, next) = (0, 0)
    for block in 0..<store.blockCount {
      let (range, numbers) = (try store.range(ofBlock: block), try store.documents(inBlock: block))
      guard range.lowerBound == end, numbers.lowerBound == next else {
        throw store.blocks.corrupt("its blocks do not lie side by side")
      }
      (end, next) = (range.upperBound, numbers.upperBound)
      for number in numbers { try verifyDocument(try stored.document(number), number) }
    }
    guard end == store.store.bytes.count else {
      throw store.store.corrupt("something follows its last block")
    }
  }

  private func verifyDocument(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(Failure) {
    do throws(JSONError) {
      if try JSONValue.parse(Array(bytes)).members != nil { return }
    } catch {
      throw store.store.corrupt("document \(number) is no JSON: \(error.reason)")
    }
    throw store.store.corrupt("document \(number) is no JSON object")
  }
}
