import Seeded
import Bytes
import Failures
import Fields
import Files

@testable import Segments

/// One document as the tests make it; `values` by field name, text and keyword values in their order.
struct TestDocument {
  var id: String
  var group: String?
  var values: [String: [String]] = [:]
  var numbers: [String: Double] = [:]
  var stored: String?

  var json: String { stored ?? "{\"id\":\"\(id)\"}" }
}

/// Bytes that stay where they are.
final class Bytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  init(_ bytes: some Collection<UInt8>) {
    buffer = .allocate(byteCount: bytes.count, alignment: 8)
    buffer.copyBytes(from: bytes)
  }

  deinit { buffer.deallocate() }
}

func withBytes<R, E: Error>(_ text: String, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
  try Array(text.utf8).withUnsafeBufferPointer { (buffer) throws(E) in
    try body(UnsafeRawBufferPointer(buffer))
  }
}

let testFields: [Field] = [
  Field("id", .id), Field("title", .text), Field("body", .text, positions: false), Field("brand", .keyword),
  Field("price", .number),
]

func build(
  _ documents: [TestDocument], fields: [Field] = testFields, groupTombstones: [String] = [],
  idTombstones: [String] = []
) throws -> [UInt8] {
  let fields = try Fields(all: fields)
  let lane = SegmentLane(fields: fields, scratch: try scratch(), memory: 1 << 30)
  add(inOrder(documents), fields: fields, to: lane)
  for group in groupTombstones { withBytes(group) { lane.add(groupTombstone: $0) } }
  for id in idTombstones { withBytes(id) { lane.add(idTombstone: $0) } }
  return try finish([lane], fields: fields)
}

/// The bytes of one segment.
func finish(_ lanes: [SegmentLane], fields: Fields, memory: Int = 1 << 30, threads: Int = 1) throws -> [UInt8]
{
  let segment = try SegmentWriter.finish(
    lanes, fields: fields, into: try scratch(), memory: memory, threads: threads)
  return try segment.content()
}

func scratch() throws -> Directory { try Directory.open("/tmp") }

func add(_ documents: some Sequence<TestDocument>, fields: Fields, to writer: SegmentLane) {
  for document in documents {
    withBytes(document.id) { id in
      withBytes(document.group ?? document.id) { writer.begin(id: id, group: $0) }
    }
    for (index, field) in fields.all.enumerated() {
      for value in document.values[field.name] ?? [] {
        withBytes(value) {
          if field.kind == .text {
            writer.add(text: $0, field: index)
          } else {
            writer.add(keyword: $0, field: index)
          }
        }
      }
      if let number = document.numbers[field.name] { writer.add(number: number, field: index) }
    }
    withBytes(document.json) { writer.end(stored: $0) }
  }
}

/// By group, then id, in byte order.
func inOrder(_ documents: [TestDocument]) -> [TestDocument] {
  documents.sorted {
    let (a, b) = (Array(($0.group ?? "").utf8), Array(($1.group ?? "").utf8))
    return a == b
      ? $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) : a.lexicographicallyPrecedes(b)
  }
}

func open(_ bytes: [UInt8], name: String = "test.seg") throws(Failure) -> SegmentReader {
  let held = Bytes(bytes)
  return try SegmentReader(UnsafeRawBufferPointer(held.buffer), owner: held, name: name)
}

/// Documents whose words follow Zipf's law more or less, with odd ids and values among them.
func randomDocuments(_ count: Int, groups: Bool = false, vocabulary: Int = 400, seed: UInt64)
  -> [TestDocument]
{
  var random = SeededRandom(seed)
  let odd = ["", "\0", "a\0b", "é", "日本", "x y", "%", "\t", "longer than eight bytes", "\u{10FFFF}"]
  return (0..<count).map { number in
    func words(_ limit: Int) -> String {
      (0..<Int.random(in: 0...limit, using: &random)).map { _ in
        let rank = Int(Double(vocabulary) * pow3(Double.random(in: 0..<1, using: &random)))
        return rank % 7 == 3 ? "Wörd\(rank)" : "w\(rank)"
      }.joined(separator: [" ", ", ", "-", "\n"].randomElement(using: &random) ?? " ")
    }
    let suffix = odd.randomElement(using: &random) ?? ""
    var document = TestDocument(id: "\(UInt64.random(in: 0..<1 << 40, using: &random))-\(number)\(suffix)")
    if groups { document.group = "g\(Int.random(in: 0..<max(count / 3, 1), using: &random))" }
    document.values["title"] = [words(12)] + (Bool.random(using: &random) ? [words(5)] : [])
    document.values["body"] = Bool.random(using: &random) ? [words(200)] : []
    document.values["brand"] = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      odd.randomElement(using: &random) ?? ""
    }
    if Bool.random(using: &random) {
      document.numbers["price"] = Double(Int.random(in: -50...50, using: &random)) / 4
    }
    document.stored = "{\"number\":\(number),\"text\":\"\(words(30).replacing("\n", with: " "))\"}"
    return document
  }
}

private func pow3(_ value: Double) -> Double { value * value * value }
