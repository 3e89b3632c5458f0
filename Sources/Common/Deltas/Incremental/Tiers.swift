/// Which segments to merge, so that there are few of them, and each document is written again only now and then.
///
/// Segments fall in tiers by the number of their live documents and tombstones, each tier eight times the one below it. A
/// tier of eight becomes one segment; a segment more than half of which is hidden is written anew. A document is thus
/// merged at most about log8(index / batch) times, and there are at most seven segments a tier.
enum Tiers {
  struct Size: Equatable {
    /// Documents and tombstones that count, and all there are.
    let live: Int
    let all: Int

    var isMostlyHidden: Bool { live * 2 < all }
  }

  static let fanOut = 8
  /// Smaller segments are all of the lowest tier.
  private static let smallest = 1 << 10

  static func tier(_ live: Int) -> Int {
    var tier = 0
    var limit = smallest
    while live > limit, limit < Int.max / fanOut {
      limit *= fanOut
      tier += 1
    }
    return tier
  }

  /// The places of those to merge into one; empty where all is well. None of `sizes` is waste.
  static func merge(_ sizes: [Size]) -> [Int] {
    let tiers = sizes.map { tier($0.live) }
    for tier in Set(tiers).sorted() {
      let members = sizes.indices.filter { tiers[$0] == tier }
      if members.count >= fanOut { return members }
    }
    // What is written anew takes what is smaller along: that comes for little.
    guard let place = sizes.indices.first(where: { sizes[$0].isMostlyHidden }) else { return [] }
    let taken = sizes.indices.filter { $0 == place || sizes[$0].live * 8 < sizes[place].live }
    return taken
  }
}
