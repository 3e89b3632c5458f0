internal import Bytes
internal import Failures
internal import JSON
internal import Objects
internal import Parquet

/// Reads a checkpoint: one file, or parts, and the sidecars that they name (PROTOCOL.md of Delta Lake, "Checkpoints").
/// Each row has a column for each kind of action, all but one null; as JSON it is a line as a commit has.
struct CheckpointReading {
  let log: TableLog
  let checkpoint: LogFiles.Checkpoint
  /// The columns to read of a checkpoint in Parquet.
  let columns: [[String]]

  /// What is needed of the table as a whole.
  static let state = [
    ["protocol", "minReaderVersion"], ["protocol", "readerFeatures"], ["metaData", "format", "provider"],
    ["metaData", "schemaString"], ["metaData", "partitionColumns"], ["metaData", "configuration"],
  ]

  /// What is needed of its files besides.
  static func files(_ timing: Replay.Timing) -> [[String]] {
    var columns = [
      ["add", "path"], ["add", "partitionValues"], ["add", "size"], ["add", "modificationTime"],
      ["add", "deletionVector"], ["sidecar", "path"],
    ]
    if case .column(let name) = timing {
      columns += [
        ["add", "stats"], ["add", "stats_parsed", "numRecords"], ["add", "stats_parsed", "maxValues", name],
        ["add", "stats_parsed", "nullCount", name],
      ]
    }
    return columns
  }

  /// Reads all of it into a replay.
  func read(into replay: inout Replay) throws(Failure) {
    for key in checkpoint.keys { try read(key, isJSON: checkpoint.isJSON, into: &replay) }
    for path in replay.sidecars { try read(try sidecar(path), isJSON: false, into: &replay) }
  }

  /// Only what it says of the table as a whole: no sidecar has that.
  func readState(into replay: inout Replay) throws(Failure) {
    for key in checkpoint.keys where !replay.state.isWhole {
      try read(key, isJSON: checkpoint.isJSON, into: &replay)
    }
  }

  private func read(_ key: Key, isJSON: Bool, into replay: inout Replay) throws(Failure) {
    if isJSON { try readLines(key, into: &replay) } else { try readRows(key, into: &replay) }
  }

  private func readLines(_ key: Key, into replay: inout Replay) throws(Failure) {
    let content: [UInt8]
    do throws(StoreError) {
      guard let found = try log.store.read(key) else { throw .notFound(.object) }
      content = found.bytes
    } catch { throw failure(error, key) }
    do throws(ActionError) {
      _ = try content.withUnsafeBufferPointer { (bytes) throws(ActionError) in
        try replay.apply(checkpoint: UnsafeRawBufferPointer(bytes), from: 0)
      }
    } catch { throw damaged(key, error.reason) }
  }

  private func readRows(_ key: Key, into replay: inout Replay) throws(Failure) {
    let object: RandomObject
    do throws(StoreError) { object = try log.store.openAnywhere(key, tag: nil) } catch {
      throw failure(error, key)
    }
    var fault: ActionError?
    do throws(ParquetError) { fault = try readRows(try contents(of: object), into: &replay) } catch {
      if let error = object.error { throw failure(error, key) }
      throw damaged(key, error.clause)
    }
    if let fault { throw damaged(key, fault.reason) }
  }

  /// Bytes in memory where asking for ranges would cost more requests than it saves.
  private func contents(of object: RandomObject) throws(ParquetError) -> any RandomBytes {
    let limit: Int64 = columns == Self.state ? 1 << 20 : 16 << 20
    guard object.bytes <= limit else { return object.contents }
    let content = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(object.bytes), alignment: 16)
    defer { content.deallocate() }
    do throws(Failure) { try object.contents.read(at: 0, into: content) } catch { throw .source(error) }
    return ArrayBytes(Array(content))
  }

  /// What is wrong with a row, where they can be read.
  private func readRows(
    _ bytes: any RandomBytes, into replay: inout Replay
  ) throws(ParquetError) -> ActionError? {
    let file = try ParquetFile(bytes)
    for (number, group) in file.rowGroups.enumerated() {
      var selection = RowSelection()
      selection.columns = columns.filter { group.has($0[0], file.schema) }
      if selection.columns == [] { continue }
      let rows = try RowReader(file, rowGroup: number, selection)
      var text = JSONText()
      var row = group.firstRow
      while try rows.append(to: &text, until: 1 << 18) {
        do throws(ActionError) { row += try replay.apply(checkpoint: text.bytes, from: row) } catch {
          return error
        }
        text.removeAll()
      }
    }
    return nil
  }

  /// A sidecar is in a directory of its own, however its path is spelled.
  private func sidecar(_ path: String) throws(Failure) -> Key {
    guard let bytes = PercentEncoding.decode(path),
      let name = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last,
      !name.isEmpty,
      name != Array("..".utf8)[...]
    else {
      throw log.damaged("the checkpoint of version \(checkpoint.version)", "it has a sidecar without a name")
    }
    return Key(log.prefix + Array("_sidecars/".utf8) + name)
  }

  /// 75 where it was listed and is not there any more; a sidecar was not listed.
  private func failure(_ error: StoreError, _ key: Key) -> Failure {
    guard error == .notFound(.object), checkpoint.keys.contains(key) else {
      return error.failure(cannot: "read", name(key))
    }
    return Failure(
      .tryAgain, cannot: "read", name(key),
      because: "it was there, and is not any more: its log is being cleaned up")
  }

  private func damaged(_ key: Key, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", name(key), because: reason)
  }

  private func name(_ key: Key) -> String {
    let file = String(decoding: key.bytes[log.prefix.count...], as: UTF8.self)
    return
      "the checkpoint of version \(checkpoint.version) of \(log.location) (\(PercentEncoding.encodeForLine(file)))"
  }
}

extension RowGroup {
  /// Whether a row may have this kind of action: one of its members, and not a list, is not always null. A large
  /// checkpoint has them in order, and so most kinds in few groups.
  fileprivate func has(_ kind: String, _ schema: Schema) -> Bool {
    schema.leaves.contains { leaf in
      leaf.path.first == kind && leaf.maxRepetition == 0 && columns.indices.contains(leaf.index)
        && columns[leaf.index].nulls != rows
    }
  }
}

extension ParquetError {
  fileprivate var clause: String {
    switch self {
    case .damaged(let reason), .unsupported(let reason): reason
    case .source(let failure): failure.reason
    }
  }
}
