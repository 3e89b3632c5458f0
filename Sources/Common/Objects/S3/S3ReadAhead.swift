internal import Bytes
internal import Synchronization
internal import Threads

/// The ranges of an object from some byte on, fetched over several connections ahead of who reads them, in order.
///
/// Each thread has a buffer. It takes the next range that nobody has taken, fills its buffer, and waits until it was read.
final class S3ReadAhead: ObjectBytes {
  /// The first byte that comes from here.
  let start: Int64
  private let end: Int64
  private var position: Int64
  private let size: Int
  private let work: Work
  private let budget: BufferBudget
  private let buffers: [UnsafeMutableRawBufferPointer]
  private var threads: [Worker] = []
  /// The range that is being read: its buffer, and what is left of it.
  private var current: (buffer: Int, rest: Range<Int>)?

  /// Nil where there are no two buffers, or no thread: a single one is never filled while it is read.
  init?(_ range: Range<Int64>, _ sizes: S3Sizes, _ budget: BufferBudget, _ stream: @escaping Work.Stream) {
    (start, end, position, size) = (range.lowerBound, range.upperBound, range.lowerBound, sizes.range)
    self.budget = budget
    let useful = (range.upperBound - range.lowerBound + Int64(size) - 1) / Int64(size)
    let count = budget.take(Int(min(Int64(sizes.ahead), useful)), of: size)
    guard count > 1 else {
      budget.give(count, of: size)
      return nil
    }
    // One byte more than a range has: by asking for it the end of the answer is seen, and the connection kept.
    buffers = (0..<count).map { _ in .allocate(byteCount: sizes.range + 1, alignment: 16) }
    let work = Work(range, step: Int64(size), stream)
    self.work = work
    for (number, buffer) in buffers.enumerated() {
      let buffer = Work.Buffer(number: number, bytes: buffer)
      if let thread = Worker.start({ work.run(buffer) }) { threads.append(thread) }
    }
    if threads.isEmpty { return nil }
  }

  /// What is under way is given up, and waited for: it writes to the buffers.
  deinit {
    work.stop()
    for thread in threads { thread.join() }
    for buffer in buffers { buffer.deallocate() }
    budget.give(buffers.count, of: size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    guard position < end else { return 0 }
    var (number, rest) = if let current { current } else { try work.take(rangeAt: position) }
    let count = min(buffer.count, rest.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffers[number][rest.prefix(count)]))
    position += Int64(count)
    rest = rest.dropFirst(count)
    current = rest.isEmpty ? nil : (number, rest)
    if rest.isEmpty { work.giveBack(number) }
    return count
  }

  /// What the threads share.
  final class Work: Sendable {
    /// Gives what a range is read from, and which asks, where it would wait, whether nobody waits for it any more.
    typealias Stream = @Sendable (Range<Int64>, _ isOver: @escaping @Sendable () -> Bool) -> S3Body

    struct Buffer: @unchecked Sendable {
      let number: Int
      let bytes: UnsafeMutableRawBufferPointer
    }

    private struct State {
      /// Where the next range begins that nobody has taken.
      var next: Int64
      /// The ranges that were fetched, by where they begin.
      var done: [Int64: Result<(buffer: Int, count: Int), StoreError>] = [:]
      /// The buffers that wait to be read.
      var full: Set<Int> = []
      var isStopped = false
    }

    private let state: Monitor<State>
    private let end: Int64
    private let step: Int64
    private let stream: Stream

    init(_ range: Range<Int64>, step: Int64, _ stream: @escaping Stream) {
      state = Monitor(State(next: range.lowerBound))
      end = range.upperBound
      self.step = step
      self.stream = stream
    }

    func stop() { state.change { $0.isStopped = true } }

    func giveBack(_ buffer: Int) { state.change { _ = $0.full.remove(buffer) } }

    func take(rangeAt start: Int64) throws(StoreError) -> (buffer: Int, rest: Range<Int>) {
      let (buffer, count) = try state.wait { $0.done[start] }.get()
      state.change { _ = $0.done.removeValue(forKey: start) }
      return (buffer, 0..<count)
    }

    func run(_ buffer: Buffer) {
      while let range = claim(buffer.number) {
        let result: Result<(buffer: Int, count: Int), StoreError>
        do throws(StoreError) {
          result = .success((buffer.number, try fetch(range, into: buffer.bytes)))
        } catch {
          result = .failure(error)
        }
        state.change {
          $0.full.insert(buffer.number)
          $0.done[range.lowerBound] = result
          // Behind a failure nothing is read.
          if case .failure = result { $0.next = end }
        }
      }
    }

    /// Waits until the buffer is free.
    private func claim(_ buffer: Int) -> Range<Int64>? {
      state.wait { state -> Range<Int64>?? in
        if state.isStopped || state.next >= end { return .some(nil) }
        if state.full.contains(buffer) { return nil }
        let start = state.next
        state.next = min(end, start + step)
        return start..<state.next
      }
    }

    private func fetch(
      _ range: Range<Int64>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StoreError) -> Int {
      let body = stream(range) { [state] in state.wait { $0.isStopped } }
      var filled = 0
      while true {
        if state.wait({ $0.isStopped }) { throw Retries.over }
        let count = try body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        if count == 0 { return filled }
        filled += count
      }
    }
  }
}
