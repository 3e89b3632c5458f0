/// The values of a number field: a bit a document, in whole u64 words, the lowest bit first; then a double a document.
///
/// A document without the field has a bit of 0 and a double of zero bits.
struct NumberColumnWriter: ~Copyable {
  private var presence = ByteArena()
  private var values = ByteArena()
  private var count = 0
  private(set) var documents = 0

  mutating func add(_ value: Double, document: Int) {
    extend(to: document)
    extend(to: document + 1)
    presence.elements(UInt64.self)[document / 64] |= 1 << UInt64(document % 64)
    values.elements(UInt64.self)[document] = value.bitPattern.littleEndian
    documents += 1
  }

  /// The whole column for that many documents; nothing where none has the field.
  mutating func write(documents total: Int, to out: inout ByteArena) {
    guard documents > 0 else { return }
    extend(to: total)
    out.append(presence.bytes)
    out.append(values.bytes)
  }

  private mutating func extend(to total: Int) {
    while count < total {
      if count % 64 == 0 { presence.append(UInt64(0)) }
      values.append(UInt64(0))
      count += 1
    }
  }
}
