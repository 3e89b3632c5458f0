/// A segment: one immutable file, little-endian, read where it lies.
///
///     header     16 bytes   "FRSHTSEG", u32 version, u32 zero
///     parts                 each begins at a multiple of 8; zero bytes up to there
///     table                 an entry of 24 bytes a part, in file order:
///                             u16 kind, u16 field, u32 CRC-32, u64 offset, u64 length
///     footer     32 bytes   u64 offset of the table, u64 length of the file, u32 number of parts,
///                           u32 CRC-32 of the header, the table and the footer so far, "GESTHSRF"
///
/// The store is written first, while the other parts are still being gathered; readers go by the table.
/// So each byte is under a checksum, or is compared, or is padding that must be zero. A part of no bytes is left out; a
/// part of unknown kind is passed over. `field` is the field's place in the fields file, or 65535 for the whole segment.
/// A varint is LEB128 of 64 bits. Documents are numbered from 0 in the order of group, then id.
///
///     kind               of       holds
///      1 meta            segment  the counts and the fields                                       SegmentMeta
///      2 terms           field    the terms in byte order, front-coded in blocks of 32            TermDictionary
///      3 term blocks     field    where each of these blocks begins                               TermDictionary
///      4 postings        field    which documents have a term, and how often                      PostingsEncoder
///      5 positions       field    at which words of the document                                  PostingsEncoder
///      6 norms           field    a byte a document: the field's length (Norms)
///      7 numbers         field    a bit a document, in whole u64: whether it has one; then a double a document
///      8 store           segment  the documents as JSON, in compressed blocks                     DocumentStoreWriter
///      9 store blocks    segment  where each of these blocks begins                               DocumentStoreWriter
///     10 ids             segment  the id of each document                                         ByteTable
///     11 id order        segment  u32 a document: the documents in byte order of their ids;
///                                 left out where that is the order they have
///     12 groups          segment  the groups in byte order; left out without a group field        ByteTable
///     13 group starts    segment  u32 a group: its first document; left out likewise
///     14 group tombstones segment the groups hidden in what lies below, in byte order             ByteTable
///     15 id tombstones   segment  the ids hidden in what lies below, in byte order                ByteTable
enum SegmentFormat {
  static let magic = Array("FRSHTSEG".utf8)
  static let endMagic = Array("GESTHSRF".utf8)
  static let version: UInt32 = 2
  static let headerLength = 16
  static let entryLength = 24
  static let footerLength = 32
  static let alignment = 8
  /// The `field` of a part that belongs to no field.
  static let wholeSegment: UInt16 = .max
  /// Documents are numbered in 31 bits.
  static let maxDocuments = Int(Int32.max)
  static let termsPerBlock = 32
  static let postingsPerBlock = 128
  /// The blocks of the document store: how long they are on average, and when one is closed in any case.
  static let storeBlockLength = 16 << 10
  static let longestStoreBlock = 256 << 10
  static let tableBlockLength = 16
}

enum PartKind: UInt16, CaseIterable {
  case meta = 1, terms, termBlocks, postings, positions, norms, numbers, store, storeBlocks, ids, idOrder,
    groups,
    groupStarts, groupTombstones, idTombstones

  /// As findings name it.
  var name: String {
    switch self {
    case .meta: "meta"
    case .terms: "terms"
    case .termBlocks: "term blocks"
    case .postings: "postings"
    case .positions: "positions"
    case .norms: "norms"
    case .numbers: "numbers"
    case .store: "store"
    case .storeBlocks: "store blocks"
    case .ids: "ids"
    case .idOrder: "id order"
    case .groups: "groups"
    case .groupStarts: "group starts"
    case .groupTombstones: "group tombstones"
    case .idTombstones: "id tombstones"
    }
  }
}
