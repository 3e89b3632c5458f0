internal import Glibc

/// BM25 as Lucene has it since version 8: k1 = 1.2, b = 0.75, and no factor (k1 + 1).
///
///     score = idf × tf / (tf + k1 (1 - b + b L / avg)),  idf = ln(1 + (N - df + 0.5) / (df + 0.5))
///
/// N: documents that have the field; df: those with the term; L: the field's length in the document, as its norm has it;
/// avg: the average of the exact lengths. All are counted over all segments of all layers, hidden documents too.
struct BM25 {
  private static let k1 = 1.2
  private static let b = 0.75

  /// The sum of the idf of a phrase's words; of one word for a word.
  let weight: Double
  let lengths: Lengths

  /// By norm: what is added to the frequency below the line; of a field, the same for all queries.
  final class Lengths: Sendable {
    nonisolated(unsafe) let table: UnsafePointer<Double>

    init(average: Double) {
      let average = average > 0 ? average : 1
      let table = UnsafeMutablePointer<Double>.allocate(capacity: 256)
      for norm in UInt8.min...UInt8.max {
        let length = Double(Norms.decode(norm)) / average
        (table + Int(norm)).initialize(to: k1 * (1 - b + b * length))
      }
      self.table = UnsafePointer(table)
    }

    deinit { table.deallocate() }
  }

  static func idf(documents: Int, frequency: Int) -> Double {
    // A damaged segment may count more documents with the term than documents.
    let documents = max(documents, frequency)
    return log(1 + (Double(documents - frequency) + 0.5) / (Double(frequency) + 0.5))
  }

  /// Never less for a greater frequency or a smaller norm, but for rounding.
  @inline(__always)
  func score(frequency: UInt32, norm: UInt8) -> Double {
    let frequency = Double(frequency)
    return weight * frequency / (frequency + lengths.table[Int(norm)])
  }
}
