internal import Failures
internal import Files
internal import Records
internal import Synchronization

/// What goes to standard output and, of what is passed over, to a person; in order. One thread at a time has its turn.
final class PrintedRecords: Sendable {
  /// What there is to say of an object.
  struct Object: @unchecked Sendable {
    let name: String
    let unit: RecordUnit
    /// Asked by one thread at a time, while others may read on.
    let records: OpenRecords
    /// Those before the piece whose turn it is.
    var lines = 0

    init(_ records: OpenRecords) {
      name = records.name
      unit = records.pieces.unit
      self.records = records
    }
  }

  private struct State {
    var objects: [Int: Object] = [:]
    var bad = 0
    var routed = 0
    var failure: Failure?
  }

  private let state = Mutex(State())
  private let skipBad: Int
  private let passedOver: @Sendable (String) -> Void
  /// Is told how many objects are done.
  private let progress: @Sendable (Int) -> Void

  init(
    skipBad: Int, passedOver: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (Int) -> Void
  ) {
    self.skipBad = skipBad
    self.passedOver = passedOver
    self.progress = progress
  }

  /// How many routed lines were printed.
  var routed: Int { state.withLock { $0.routed } }

  var failure: Failure? { state.withLock { $0.failure } }

  func opened(_ number: Int, as object: Object) { state.withLock { $0.objects[number] = object } }

  /// False where nothing more is wanted.
  func take(_ found: Found, of number: Int) -> Bool {
    do throws(Failure) {
      if case .failed(let failure) = found { throw failure }
      guard let object = state.withLock({ $0.objects[number] }) else { return true }
      switch found {
      case .text(let bytes): try FileIO.writeAll(1, bytes, name: "standard output")
      case .routed(let text):
        try FileIO.writeAll(1, text.lines(of: object.name, behind: object.lines), name: "standard output")
        state.withLock { $0.routed += text.gaps.count }
      case .bad(let line, let reason): try count(line, reason, of: object)
      case .broken(let error): throw object.records.failure(error.behind(object.lines))
      case .lines(let lines): state.withLock { $0.objects[number]?.lines += lines }
      case .end:
        state.withLock { _ = $0.objects.removeValue(forKey: number) }
        try object.records.checkUnchanged()
        progress(number + 1)
      case .failed: break
      }
      return true
    } catch {
      state.withLock { $0.failure = error }
      return false
    }
  }

  private func count(_ line: Int, _ reason: String, of object: Object) throws(Failure) {
    let text = "\(object.unit.rawValue) \(object.lines + line): \(reason)"
    let isTooMany = state.withLock { state in
      state.bad += 1
      return state.bad > skipBad
    }
    if isTooMany { throw Failure(.badData, cannot: "read", object.name, because: text) }
    passedOver("\(object.name): \(text)")
  }
}
