import Deltas
import Seeded
import Testing

/// How numbers are written in stored documents: ECMA-262's own examples and the ends of its cases.
@Suite struct NumberTests {
  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (8.5, "8.5"), (-12.25, "-12.25"), (100, "100"),
      (0.1, "0.1"), (0.000_001, "0.000001"), (0.000_000_1, "1e-7"), (0.000_001_5, "0.0000015"),
      (-1.5e-7, "-1.5e-7"),
      (123_456.789, "123456.789"), (9_007_199_254_740_992, "9007199254740992"), (1e15, "1000000000000000"),
      (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"),
      (123e18, "123000000000000000000"),
      (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
      (0.1 + 0.2, "0.30000000000000004"),
      (1152921504606846976, "1152921504606847000"), (4.35, "4.35"), (0.000_123, "0.000123"),
    ] as [(Double, String)])
  func `a number has its shortest spelling`(_ number: Double, _ text: String) throws {
    let folded = try Folded.of([#"{"id":"a","n":\#(number)}"#], try fields("id id", "n number"))
    #expect(folded.documents == [#"{"id":"a","n":\#(text)}"#])
    #expect(Double(text) == number)
  }

  /// Swift's own spelling has the shortest digits, too, and differs from ours only where it has an exponent or ends with `.0`.
  @Test func `a number of few places has no other digits`() throws {
    let numbers = (0..<Sample.rounds(quick: 2000, full: 20_000, long: 2_000_000)).map { round -> Double in
      let digits = Int64.random(in: -(1 << 53)...1 << 53) >> Int64.random(in: 0...52)
      return Double(digits) / [10, 100, 1000, 10_000, 100_000][round % 5]
    }
    let plain = numbers.filter { !"\($0)".contains("e") && $0 != $0.rounded() }
    let records = plain.enumerated().map { #"{"id":"\#($0)","n":\#($1)}"# }
    let documents = try Folded.of([records.joined(separator: "\n")], try fields("id id", "n number"))
      .documents
    #expect(Set(documents) == Set(records))
  }

  @Test func `every spelling reads back as the same number`() throws {
    var random = SystemRandomNumberGenerator()
    let fields = try fields("id id", "n number")
    let numbers = (0..<Sample.rounds(quick: 2000, full: 20_000, long: 2_000_000))
      .map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    let records = numbers.enumerated().map { #"{"id":"\#($0)","n":\#($1)}"# }
    let documents = try Folded.of([records.joined(separator: "\n")], fields).documents
    let byID = Dictionary(uniqueKeysWithValues: zip(numbers.indices.map(String.init).sorted(), documents))
    for (place, number) in numbers.enumerated() {
      let start = #"{"id":"\#(place)","n":"#
      #expect(Double(byID[String(place)]?.dropFirst(start.utf8.count).dropLast() ?? "") == number)
    }
  }
}
