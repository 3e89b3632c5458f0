internal import Bytes
internal import Failures
internal import Objects

/// The moves of one name: the newest in the watermark's object, the others in a chain of pieces.
struct ObjectLog {
  let place: ObjectPlace
  let name: WatermarkName

  /// The object after one more move. What it has no room for any more is in a piece before this returns: killed after
  /// that, there is a piece that nobody names, and whoever needs one writes the same.
  func append(
    _ move: Move, to present: WatermarkObject?, _ insistence: Insistence
  ) throws(Failure) -> WatermarkObject {
    let writers =
      if let present { try place.admitted(present.writers) } else { try place.admission(insistence) }
    var (older, moves) = (present?.older, present?.moves ?? [])
    if present == nil {
      older = try newestPiece(insistence)
    } else if moves.count >= WatermarkObject.most {
      let piece = LogPiece(name: name, older: older, moves: Array(moves.prefix(WatermarkObject.piece)))
      older = try keep(piece, insistence)
      moves.removeFirst(WatermarkObject.piece)
    }
    var move = move
    move.sequence = (moves.last?.sequence ?? older?.last ?? 0) + 1
    let isUndoable =
      (move.action == .advance || move.action == .set) && move.from?.time != move.to?.time
    let logged = LoggedMove(
      move: move, commit: RandomID.draw(), before: isUndoable ? present?.last?.sequence : nil)
    var last = isUndoable ? logged : present?.last
    if let undone = present?.last, move.undoes == undone.sequence {
      last = try undone.before.flatMap { (sequence) throws(Failure) in
        try find(sequence, in: present, insistence)
      }
    }
    return WatermarkObject(
      name: name, writers: writers, idle: nil, last: last, older: older, moves: moves + [logged])
  }

  /// Whether the object, or a piece before it, has the newest move of another: the sequence is taken by that one alone.
  func holds(_ now: WatermarkObject, _ change: WatermarkObject) throws(Failure) -> Bool {
    guard let move = change.moves.last else { return false }
    return try find(move.sequence, in: now, place.begin())?.commit == move.commit
  }

  /// The newest moves, newest first.
  func moves(limit: Int?) throws(Failure) -> [Move] {
    let limit = limit ?? .max
    let insistence = place.begin()
    let object = try place.read(WatermarkObject.self, ObjectPlace.watermark(name), insistence)
    var moves = object?.moves.reversed().map(\.move) ?? []
    // Where the object was lost, the pieces still tell.
    var older = object == nil ? try newestPiece(insistence) : object?.older
    while moves.count < limit, let name = older {
      let piece = try piece(name, insistence)
      moves += piece.moves.reversed().map(\.move)
      older = piece.older
    }
    return Array(moves.prefix(max(limit, 0)))
  }

  /// Nil where there is no such move.
  private func find(
    _ sequence: Int, in object: WatermarkObject?, _ insistence: Insistence
  ) throws(Failure) -> LoggedMove? {
    var (moves, older) = (object?.moves ?? [], object?.older)
    while let first = moves.first, sequence < first.sequence, let name = older {
      let piece = try piece(name, insistence)
      (moves, older) = (piece.moves, piece.older)
    }
    return moves.first { $0.sequence == sequence }
  }

  private func piece(_ piece: PieceName, _ insistence: Insistence) throws(Failure) -> LogPiece {
    let file = ObjectPlace.log(name) + piece.description
    guard let found = try place.read(LogPiece.self, file, insistence) else {
      throw Failure(
        .badData, cannot: "read", place.root.name(file), because: "it is missing; \(LogPiece.remedy)")
    }
    guard found.name == name, PieceName(found.moves, found.bytes) == piece else {
      throw Failure(
        .badData, cannot: "read", place.root.name(file), because: "it is another piece; \(LogPiece.remedy)")
    }
    return found
  }

  private func keep(_ piece: LogPiece, _ insistence: Insistence) throws(Failure) -> PieceName {
    let bytes = piece.bytes
    let name = PieceName(piece.moves, bytes)
    try place.put(ObjectPlace.log(self.name) + name.description, bytes, insistence)
    return name
  }

  /// Of a name that has no object: it never had one, or a person deleted it; the log then goes on behind what is left of it.
  private func newestPiece(_ insistence: Insistence) throws(Failure) -> PieceName? {
    let folder = place.root.key(ObjectPlace.log(name))
    var request = ListRequest(prefix: folder, delimited: true)
    var newest: PieceName?
    repeat {
      let page = try place.ask("list", place.root.name(ObjectPlace.log(name)), insistence) {
        (store) throws(StoreError) in try store.list(request)
      }
      for object in page.objects {
        let text = String(decoding: object.key.bytes.dropFirst(folder.bytes.count), as: UTF8.self)
        if let piece = PieceName(text), piece.last > newest?.last ?? 0 { newest = piece }
      }
      request.continuing = page.next
    } while request.continuing != nil
    return newest
  }
}

extension Optional where Wrapped: Sendable {
  /// As the library's, of a body that throws what it says.
  fileprivate func flatMap<T>(_ body: (Wrapped) throws(Failure) -> T?) throws(Failure) -> T? {
    if let self { try body(self) } else { nil }
  }
}
