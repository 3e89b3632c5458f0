/// The generation that a publish has to follow.
package enum Parent: Equatable, Sendable {
  /// The one that the watermark was at before the listing began; 0: none. Taking whatever is current instead would put
  /// old content over new.
  case exactly(Int, lineage: String?)
  /// Whatever is current: for a person, a base, a rollback.
  case current

  enum Standing: Equatable {
    case follows
    /// Somebody was faster.
    case superseded
    /// Goes on only with `--force`.
    case refused(String)
  }

  ///     published: n, its newest batch: b <= n     exactly(G)
  ///     b <= G <= n                                follows: at most bases were published since
  ///     G < b                                      superseded: theirs may be newer
  ///     n < G, or nothing published                refused: the destination was reset, or restored from a copy
  ///     another lineage                            refused
  func standing(after current: Generation?) -> Standing {
    guard case .exactly(let generation, let lineage) = self else { return .follows }
    if let lineage, let other = current?.lineage, other != lineage {
      return .refused("its lineage is \(other), and the receipt's is \(lineage): it is another index")
    }
    let published = current?.number ?? 0
    if published >= generation { return current?.batch ?? 0 <= generation ? .follows : .superseded }
    return .refused(
      "it is at generation \(published), and the watermark at \(generation): it was reset or restored"
        + " (--force goes on from what is there)")
  }

  /// How far ahead of the generation that it follows a publish numbers the files that it sends. The collector takes
  /// files whose number is smaller than the current generation, so they may be committed until that number is current.
  /// What follows one generation only needs none. A base is long in sending while deltas are published: with room to
  /// spare it is sent once, and the swap alone repeated.
  var room: Int { self == .current ? 1000 : 0 }
}
