import Failures
import Fields
import Foundation
import Seeded
import Testing

@testable import Records

// Not tested here: sources that give no bytes and yet are not at their end, which their contract forbids.

private let fields = made(Field("k", .id))

@Suite struct `Lines` {
  @Test(arguments: [
    ("", []),
    ("\n", []),
    ("\r\n \t\r\n\n", []),
    ("{\"k\":1}", ["1 id=1"]),
    ("{\"k\":1}\n", ["1 id=1"]),
    ("{\"k\":1}\r\n{\"k\":2}\r\n", ["1 id=1", "2 id=2"]),
    ("{\"k\":1}\r{\"k\":2}", ["1 malformed: byte 8: something follows the value"]),
    ("\n\n{\"k\":1}\n \n{\"k\":2}\n\n", ["3 id=1", "5 id=2"]),
    ("{\"k\":1\n}\n", ["1 malformed: byte 6: an object is not closed", "2 malformed: not a JSON object"]),
    ("{\"k\":1}\n{\"k\":", ["1 id=1", "2 malformed: byte 5: the text ends too early"]),
    ("\u{FEFF}{\"k\":1}\n{\"k\":2}", ["1 malformed: not a JSON object", "2 id=2"]),
    ("\u{0}\n{\"k\":2}", ["1 malformed: not a JSON object", "2 id=2"]),
    ("PAR1\u{15}\u{0}", ["1 malformed: not a JSON object"]),
  ])
  func `are records`(text: String, expected: [String]) {
    for most in [1, 2, 3, 5, 8, .max] {
      #expect(read(BytesSource(Array(text.utf8), most: most), fields: fields) == expected)
    }
  }

  @Test func `cross the ends of blocks`() {
    let text = (0..<30_000).map { "{\"k\":\($0)}\n" }.joined()
    let expected = (0..<30_000).map { "\($0 + 1) id=\($0)" }
    #expect(read(text, fields: fields) == expected)
    #expect(read(BytesSource(Array(text.utf8), most: 1013), fields: fields) == expected)
  }

  @Test func `are at most 16 MiB long`() {
    let most = 16 << 20
    let empty = #"{"k":1,"x":""}"#.utf8.count
    let lengths = [most, most + 1, most - 1, most + 300_000]
    for length in lengths.prefix(Sample.rounds(quick: 2, full: 4, long: 4)) {
      let line = #"{"k":1,"x":"\#(String(repeating: "x", count: length - empty))"}"#
      let expected = length <= most ? "2 id=1" : "2 malformed: line longer than 16 MiB"
      #expect(read("{\"k\":0}\n\(line)\n{\"k\":2}\n", fields: fields) == ["1 id=0", expected, "3 id=2"])
      #expect(read("{\"k\":0}\n\(line)", fields: fields) == ["1 id=0", expected])
    }
  }

  /// 1 GiB passes, of which no more than the longest line may be held.
  @Test func `that never end are passed over in bounded memory`() {
    let block = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
    let before = peakMemory()
    let source = MadeSource { number in
      switch number {
      case 0..<512, 513..<1024: block
      case 512: Array("\n{\"k\":1}\n".utf8)
      default: nil
      }
    }
    let expected = ["1 malformed: line longer than 16 MiB", "2 id=1", "3 malformed: line longer than 16 MiB"]
    #expect(read(source, fields: fields) == expected)
    #expect(peakMemory() - before < 256 << 20)
  }

  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}

@Suite struct `A source that fails` {
  @Test func `ends the reading, behind the whole lines, and keeps on doing so`() throws {
    let failure = Failure(.io, "cannot read x: it broke")
    let source = MadeSource { number throws(Failure) in
      if number > 0 { throw failure }
      return Array("{\"k\":1}\n{\"k\":2}".utf8)
    }
    var reader = RecordReader(source, name: "x", fields: fields)
    #expect(try next(&reader))
    for _ in 0..<3 { #expect(throws: RecordError.source(failure)) { try next(&reader) } }
  }
}
