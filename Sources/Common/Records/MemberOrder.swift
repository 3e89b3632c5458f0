internal import JSON

/// The members of the record before, in their order and as they were spelled: the next record nearly always has the same, and
/// to compare a few bytes takes a fraction of what it takes to read a name and look it up.
struct MemberOrder: ~Copyable {
  private static let most = 64
  private static let longest = 32

  private struct Entry {
    /// Of the spelling; 0 where it isn't known.
    var count = 0
    var member: Int?
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let spellings: UnsafeMutableRawPointer

  init() {
    entries = .allocate(capacity: Self.most)
    entries.initialize(repeating: Entry(), count: Self.most)
    spellings = .allocate(byteCount: Self.most * Self.longest, alignment: 8)
  }

  deinit {
    entries.deallocate()
    spellings.deallocate()
  }

  /// The number of the member, nil where nobody wants it.
  enum Known {
    case no
    case member(Int?)
  }

  /// Passes over the name of the `number`th member of a record where it is spelled as the last time.
  @inline(__always)
  func take(_ number: Int, from scanner: inout JSONScanner) -> Known {
    guard number < Self.most else { return .no }
    let entry = entries[number]
    let spelling = UnsafeRawBufferPointer(start: spellings + number * Self.longest, count: entry.count)
    return entry.count > 0 && scanner.skipName(spelled: spelling) ? .member(entry.member) : .no
  }

  /// `spelling`: all from the value before to the colon.
  func remember(_ number: Int, _ member: Int?, _ spelling: UnsafeRawBufferPointer) {
    guard number < Self.most else { return }
    let isShort = spelling.count <= Self.longest
    entries[number] = Entry(count: isShort ? spelling.count : 0, member: member)
    guard isShort, let source = spelling.baseAddress else { return }
    (spellings + number * Self.longest).copyMemory(from: source, byteCount: spelling.count)
  }
}
