internal import Failures
internal import Files

/// The values of a number field: a bit a document, in whole u64 words, the lowest bit first; then a double a document.
///
/// A document without the field has a bit of 0 and a double of zero bits.
struct NumberColumnWriter: ~Copyable {
  private var presence = ByteArena()
  private var values: Spool
  private var count = 0
  private(set) var documents = 0

  init(limit: Int = .max, in directory: Directory? = nil) { values = Spool(limit: limit, in: directory) }

  var bytesHeld: Int { presence.count + values.arena.count }

  /// Documents come in ascending order; of one that has come before nothing is taken.
  mutating func add(_ value: Double, document: Int) {
    guard document >= count else { return }
    extend(to: document)
    append(value.bitPattern)
    presence.elements(UInt64.self)[document / 64] |= (UInt64(1) << UInt64(document % 64)).littleEndian
    documents += 1
  }

  /// The values, with their documents; of a column in memory.
  func forEach(_ body: (Int, Double) -> Void) {
    let (bits, values) = (presence.elements(UInt64.self), values.arena.elements(UInt64.self))
    for document in 0..<count
    where UInt64(littleEndian: bits[document / 64]) & 1 << UInt64(document % 64) != 0 {
      body(document, Double(bitPattern: UInt64(littleEndian: values[document])))
    }
  }

  /// The whole column for that many documents; nothing where none has the field.
  mutating func write(
    documents total: Int, field: Int, to parts: inout PartsWriter
  ) throws(Failure) {
    guard documents > 0 else { return }
    extend(to: total)
    parts.begin(.numbers, field: field)
    try parts.append(presence.bytes)
    try parts.append(&values)
    parts.end()
  }

  private mutating func extend(to total: Int) { while count < total { append(0) } }

  private mutating func append(_ bits: UInt64) {
    if count % 64 == 0 { presence.append(UInt64(0)) }
    values.arena.append(bits)
    values.settle()
    count += 1
  }
}
