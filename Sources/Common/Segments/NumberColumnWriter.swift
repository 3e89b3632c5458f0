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

  var bytesHeld: Int { presence.count + values.count }

  /// The values, with their documents.
  func forEach(_ body: (Int, Double) -> Void) {
    let (bits, values) = (presence.elements(UInt64.self), values.elements(UInt64.self))
    for document in 0..<count where bits[document / 64] & 1 << UInt64(document % 64) != 0 {
      body(document, Double(bitPattern: UInt64(littleEndian: values[document])))
    }
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
