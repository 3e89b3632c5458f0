/// A run: the records of one object, decoded once; an immutable file, little-endian, read where it lies.
///
///     parts                 of each: its records (RunRecord), one behind the other, then what they speak of (RunMention, 16
///                           bytes each), then their names (PartNames); all but the names begins at multiples of 8
///     table                 32 bytes a part:
///                             u64 offset, u32 bytes, u32 records, u32 CRC-32 of the part, u32 mentions,
///                             u32 bytes of names, 4 bytes zero
///     malformed             of each record that was passed over: u64 line, or with its top bit set the row, u32 length of
///                           the reason, the reason
///     footer     64 bytes   u64 offset of the table, u64 length of the file, u32 parts, u32 malformed records,
///                           16 bytes of identity, u32 CRC-32 of the table, what is malformed and the footer so far,
///                           u32 version, 8 bytes zero, "NURTHSRF"
///
/// The identity is that of the object and of the fields that it was read by: a run under another one's name is found out.
enum RunFormat {
  static let endMagic = Array("NURTHSRF".utf8)
  static let version: UInt32 = 3
  static let entryLength = 32
  /// The top bit.
  static let row: UInt64 = 1 << 63
  static let footerLength = 64
  /// The bytes of the footer that its checksum covers.
  static let checkedFooter = 40
}
