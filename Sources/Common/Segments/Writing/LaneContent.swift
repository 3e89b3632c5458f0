internal import Failures
internal import Fields
internal import Files
internal import Words

/// What a lane holds in memory: its documents taken apart, field by field.
struct LaneContent: ~Copyable {
  enum Place {
    case terms(Int)
    case numbers(Int)
    case none
  }

  private let hasGroups: Bool
  /// Where each field's values are gathered, by its index in the fields file.
  let places: [Place]
  let termFields: UnsafeMutableBufferPointer<TermField>
  let columns: UnsafeMutableBufferPointer<NumberColumnWriter>
  private var tokenizer = Tokenizer()
  var store: DocumentStoreWriter
  private(set) var ids = ByteList()
  /// The ids in byte order, once it is sealed.
  private(set) var idOrder: [UInt32]?
  private(set) var groups = ByteList()
  /// u32 a group: its first document.
  private(set) var groupStarts = ByteArena()
  var groupTombstones = StringSet()
  var idTombstones = StringSet()
  private(set) var refusal: Failure?

  init(fields: Fields, scratch: Directory) {
    let meta = SegmentMeta(fields)
    hasGroups = meta.hasGroups
    var places: [Place] = []
    var (terms, numbers) = (0, 0)
    for column in meta.columns {
      places.append(column.hasTerms ? .terms(terms) : column.kind == .number ? .numbers(numbers) : .none)
      if column.hasTerms { terms += 1 }
      if column.kind == .number { numbers += 1 }
    }
    self.places = places
    termFields = .allocate(capacity: terms)
    for (index, column) in meta.columns.filter(\.hasTerms).enumerated() {
      termFields.initializeElement(
        at: index,
        to: TermField(
          isText: column.kind == .text, hasPositions: column.hasPositions,
          stemmer: Self.stemmer(column, &refusal), scratch: scratch))
    }
    columns = .allocate(capacity: numbers)
    for index in 0..<numbers { columns.initializeElement(at: index, to: NumberColumnWriter()) }
    store = DocumentStoreWriter(in: scratch)
  }

  deinit {
    termFields.deinitialize().deallocate()
    columns.deinitialize().deallocate()
  }

  private static func stemmer(_ column: SegmentMeta.Column, _ refusal: inout Failure?) -> Stemmer? {
    do throws(Failure) {
      return try column.stem.map { (language) throws(Failure) in try Stemmer(language) }
    } catch {
      refusal = error
      return nil
    }
  }

  var documents: Int { ids.count }

  /// About the bytes that are held.
  var bytesHeld: Int {
    var sum = store.bytesHeld + ids.bytesHeld + groups.bytesHeld + groupStarts.count
    sum += groupTombstones.bytesHeld + idTombstones.bytesHeld
    for field in termFields.indices { sum += termFields[field].bytesHeld }
    for column in columns.indices { sum += columns[column].bytesHeld }
    return sum
  }

  /// The number of the document that is being added.
  private var current: Int { ids.count - 1 }

  mutating func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) {
    let isNewGroup = hasGroups && beginGroup(group)
    if !isNewGroup, let order = ids.orderOfLast(id), order >= 0 { refuse("the documents are out of order") }
    ids.append(id)
  }

  /// Whether the group of the next document is not that of the one before.
  private mutating func beginGroup(_ group: UnsafeRawBufferPointer) -> Bool {
    let order = groups.orderOfLast(group) ?? -1
    if order == 0 { return false }
    if order > 0 { refuse("the groups are out of order") }
    groupStarts.append(UInt32(truncatingIfNeeded: ids.count))
    groups.append(group)
    return true
  }

  /// A caller that breaks its promises is a bug of ours; what is simply too much is said by the parts themselves.
  private mutating func refuse(_ reason: String) {
    if refusal == nil { refusal = Failure(.software, "cannot build a segment: \(reason)") }
  }

  mutating func add(text: UnsafeRawBufferPointer, field: Int) {
    guard case .terms(let index) = places[field], termFields[index].isText else {
      return refuse("field \(field) is no text")
    }
    termFields[index].add(text: text, document: current, by: &tokenizer)
  }

  mutating func add(keyword: UnsafeRawBufferPointer, field: Int) {
    guard case .terms(let index) = places[field], !termFields[index].isText else {
      return refuse("field \(field) is no keyword")
    }
    termFields[index].add(keyword: keyword, document: current)
  }

  mutating func add(number: Double, field: Int) {
    guard case .numbers(let index) = places[field], number.isFinite else {
      return refuse("field \(field) is no finite number")
    }
    columns[index].add(number, document: current)
  }

  mutating func end(stored: UnsafeRawBufferPointer) {
    for index in termFields.indices { termFields[index].endDocument() }
    guard current >= 0 else { return refuse("a document ends that did not begin") }
    store.add(stored, id: ids[current])
  }

  /// Sorts what is to be sorted; no document is added any more.
  mutating func seal() {
    for index in termFields.indices { termFields[index].seal() }
    if idOrder == nil { idOrder = ids.view.sorted() }
  }

  /// Why no segment can come of it.
  func check() throws(Failure) {
    if let refusal { throw refusal }
    for field in termFields.indices { try Self.check(termFields[field].refusal) }
  }

  private static func check(_ reason: String?) throws(Failure) {
    if let reason { throw Failure(.badData, "cannot build a segment: \(reason)") }
  }
}

/// Strings in any order, each kept once: a segment's tombstones.
struct StringSet: ~Copyable {
  private(set) var table = TermTable()
  var bytesHeld: Int { table.bytesHeld }

  mutating func add(_ string: UnsafeRawBufferPointer) { _ = table.intern(string) }
}

extension TermTable {
  /// About the bytes that are held: the strings, and the slots, of which at least a third are free.
  var bytesHeld: Int { strings.bytesHeld + 72 * count }
}

extension TermField {
  var bytesHeld: Int { table.bytesHeld + bytesHeldByStems + log.bytesHeld + norms.count }
}

extension SegmentLane {
  /// `field` is the index of a text or keyword field in the fields file.
  func termField(_ field: Int) -> UnsafeMutablePointer<TermField> {
    guard case .terms(let index) = content.pointee.places[field],
      let base = content.pointee.termFields.baseAddress
    else { fatalError("field \(field) has no terms") }
    return base + index
  }

  /// What was gathered of a text or keyword field is in the segment now.
  func forgetTerms(of field: Int) {
    let terms = termField(field)
    terms.pointee = TermField(
      isText: terms.pointee.isText, hasPositions: terms.pointee.hasPositions, scratch: scratch)
  }

  /// The numbers of a number field; the lane's first document is `first`.
  func addNumbers(_ field: Int, to column: inout NumberColumnWriter, from first: Int) {
    guard case .numbers(let index) = content.pointee.places[field] else { return }
    content.pointee.columns[index].forEach { column.add($1, document: first + $0) }
  }
}
