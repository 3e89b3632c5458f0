/// Lets go of the runs' pages whenever so many of them were looked at: what is mapped counts as memory of the process, though
/// the system takes it back where it is short of it.
final class PagesRead {
  /// The system maps as much around each place that is looked at; in places' units of 8 bytes.
  private static let blockBits: UInt64 = 13
  /// Blocks that are let go of at once: 12 MiB, or some of each run, since each run takes a call. Where rows lie far apart it is
  /// twice as much from time to time, as whoever reads all over the place would have them back at once.
  private static let fewest = 192
  private static let ofARun = 4
  private static let greatest = 1 << 15
  private static let rowsNearby = 3

  private let window: Window
  private var most: Int
  @exclusivity(unchecked) private var rows = 0
  /// A bit a block; now and then two blocks share one.
  @exclusivity(unchecked) private var seen = [UInt64](repeating: 0, count: 1 << 10)
  @exclusivity(unchecked) private var blocks = 0

  init(of window: Window) {
    self.window = window
    most = max(Self.fewest, Self.ofARun * window.count)
  }

  /// The row's records were looked at.
  func count(_ row: Rows.Row) {
    for place in row.places {
      let hash = (place >> Self.blockBits &* 0x9E37_79B9_7F4A_7C15) >> 48
      let (word, bit) = (Int(hash >> 6), UInt64(1) << (hash & 63))
      if seen[word] & bit == 0 {
        seen[word] |= bit
        blocks += 1
      }
    }
    rows += 1
    if blocks >= most { release() }
  }

  /// Lets go of all of them.
  func release() {
    window.release()
    for word in seen.indices { seen[word] = 0 }
    if rows < blocks * Self.rowsNearby { most = min(most * 2, Self.greatest) }
    (rows, blocks) = (0, 0)
  }
}
