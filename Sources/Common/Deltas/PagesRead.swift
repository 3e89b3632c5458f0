/// Lets go of the runs' pages whenever so many records were looked at: what is mapped counts as memory of the process, though
/// the system takes it back where it is short of it.
final class PagesRead {
  /// So many bytes of the runs are looked at in between, by each thread.
  private static let limit = 4 << 20

  private let window: Window
  private let most: Int
  private var records = 0

  init(of window: Window) {
    self.window = window
    most = window.bytes > 0 ? max(window.records * Self.limit / window.bytes, 1) : .max
  }

  func count(_ more: Int = 1) {
    records += more
    if records < most { return }
    window.release()
    records = 0
  }
}
