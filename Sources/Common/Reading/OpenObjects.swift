internal import Failures
internal import Records
internal import Synchronization

/// The objects that are being printed, each opened when its first piece is cut.
final class OpenObjects: Sendable {
  /// What can't be cut, or opened.
  struct Fault: Error {
    let found: Found
  }

  /// One thread at a time cuts an object.
  private final class Object: @unchecked Sendable {
    let records: OpenRecords
    init(_ records: OpenRecords) { self.records = records }
  }

  private let open: @Sendable (Int) throws(Failure) -> OpenRecords
  private let opened: @Sendable (Int, PrintedRecords.Object) -> Void
  private let objects = Mutex<[Int: Object]>([:])

  init(
    open: @escaping @Sendable (Int) throws(Failure) -> OpenRecords,
    opened: @escaping @Sendable (Int, PrintedRecords.Object) -> Void
  ) {
    self.open = open
    self.opened = opened
  }

  /// The next piece, nil at the end, and what it is one of.
  func cut(_ ticket: Ticket) throws(Fault) -> ((any RecordPiece)?, of: any RecordPieces) {
    let object = try object(ticket.object)
    do throws(RecordError) {
      let piece = try object.records.pieces.next()
      if piece == nil { objects.withLock { _ = $0.removeValue(forKey: ticket.object) } }
      return (piece, object.records.pieces)
    } catch { throw Fault(found: .failed(object.records.failure(error))) }
  }

  private func object(_ number: Int) throws(Fault) -> Object {
    if let object = objects.withLock({ $0[number] }) { return object }
    do throws(Failure) {
      let object = Object(try open(number))
      objects.withLock { $0[number] = object }
      opened(number, PrintedRecords.Object(object.records))
      return object
    } catch { throw Fault(found: .failed(error)) }
  }
}
