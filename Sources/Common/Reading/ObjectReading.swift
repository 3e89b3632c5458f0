package import Bytes
package import Failures
package import Files
package import Lines
package import Objects
internal import Parquet
package import Records
internal import Tables

/// Opens objects for their records, whatever their format.
package struct ObjectReading: Sendable {
  let stores: Stores
  let format: RecordFormat
  /// Nil for all.
  let columns: RecordColumns?

  /// `columns` are those that are looked at, the time column aside.
  package init(_ stores: Stores, _ format: RecordFormat, columns: RecordColumns?) {
    self.stores = stores
    self.format = format
    self.columns = columns
  }

  /// An object of a slice, exactly as it was listed; 75 where it is another one by now. A table's file is never written again
  /// under its name: there the size is enough.
  package func open(_ line: ObjectLine) throws(Failure) -> OpenRecords {
    let table = TableTag(line.tag)
    guard table != nil || !TableTag.isTable(line.tag) else {
      throw Failure(
        .badData, cannot: "read", line.location.description, because: "its tag is malformed: list again")
    }
    let tag = table == nil ? line.tag : nil
    return try open(Wanted(location: line.location, tag: tag, bytes: line.bytes, table: table))
  }

  /// An object as it is now.
  package func open(_ location: Location) throws(Failure) -> OpenRecords {
    try open(Wanted(location: location, tag: nil, bytes: nil, table: nil))
  }

  /// Records from a source that has no tag. A Parquet file, which isn't read from its beginning to its end, goes to an unnamed
  /// file in the directory first.
  package func open(_ source: any ByteSource, name: String, spool: Directory) throws(Failure) -> OpenRecords {
    let source = PeekedSource(source)
    var kind = format.kind
    if kind == .auto { kind = RecordFormat.kind(beginning: try source.peek(RecordFormat.mark)) }
    try check(kind, of: name)
    guard kind == .parquet else {
      return OpenRecords(lines(source, name: name, kind), name: name) { nil }
    }
    let file = try SpooledBytes(source, name: name, in: spool)
    do throws(RecordError) {
      return OpenRecords(try rows(file, nil), name: name) { nil }
    } catch { throw error.failure(reading: name) }
  }

  // MARK: - Objects of a store

  private struct Wanted {
    let location: Location
    /// Nil where any will do.
    let tag: String?
    let bytes: Int64?
    let table: TableTag?

    var isListed: Bool { bytes != nil }

    func place(_ store: any ObjectStore, _ key: Key, _ tag: String) -> OpenRecords.Place {
      OpenRecords.Place(location: location, isListed: isListed, store: store, key: key, tag: tag)
    }

    func failure(_ error: StoreError) -> Failure { error.failure(reading: location, isListed: isListed) }
  }

  private func open(_ wanted: Wanted) throws(Failure) -> OpenRecords {
    let (store, key) = try stores.object(wanted.location)
    if let lines = try openLines(wanted, store, key) { return lines }
    return try openRows(wanted, store, key)
  }

  /// Nil where it is a Parquet file.
  private func openLines(
    _ wanted: Wanted, _ store: any ObjectStore, _ key: Key
  ) throws(Failure) -> OpenRecords? {
    let name = wanted.location.description
    var kind = format.kind(of: name)
    if kind == .parquet {
      try check(kind, of: name)
      return nil
    }
    let opened: OpenObject
    let source: PeekedSource
    do throws(StoreError) {
      opened = try store.open(key, tag: wanted.tag)
      guard opened.bytes == wanted.bytes ?? opened.bytes else { throw .conditionFailed }
      source = PeekedSource(opened.body)
      if kind == .auto { kind = RecordFormat.kind(beginning: try source.peek(RecordFormat.mark, of: opened)) }
    } catch { throw wanted.failure(error) }
    try check(kind, of: name)
    if kind == .parquet { return nil }
    if let table = wanted.table, !table.columns.isEmpty || table.deleted != nil {
      throw Failure(
        .badData, cannot: "read", name,
        because: "its table has partition columns or deleted rows for it, which only Parquet files can have")
    }
    let place = wanted.place(store, key, opened.tag)
    return OpenRecords(lines(source, name: name, kind), name: name, place) { opened.error }
  }

  private func check(_ kind: RecordFormat.Kind, of name: String) throws(Failure) {
    if let reason = format.fault(of: kind) { throw Failure(.badData, cannot: "read", name, because: reason) }
  }

  private func openRows(
    _ wanted: Wanted, _ store: any ObjectStore, _ key: Key
  ) throws(Failure) -> OpenRecords {
    let name = wanted.location.description
    let opened: RandomObject
    do throws(StoreError) {
      opened = try store.openAnywhere(key, tag: wanted.tag)
      guard opened.bytes == wanted.bytes ?? opened.bytes else { throw .conditionFailed }
    } catch { throw wanted.failure(error) }
    let deleted = try wanted.table?.deleted?.rows(stores) ?? []
    do throws(RecordError) {
      let place = wanted.place(store, key, opened.tag)
      let rows = try rows(opened.contents, wanted.table, deleted: deleted)
      return OpenRecords(rows, name: name, place) { opened.error }
    } catch {
      throw opened.error.map { wanted.failure($0) } ?? error.failure(reading: name)
    }
  }
}

extension PeekedSource {
  fileprivate func peek(_ count: Int, of object: OpenObject) throws(StoreError) -> [UInt8] {
    do throws(Failure) { return try peek(count) } catch {
      throw object.error ?? .io(error.exit, error.reason)
    }
  }
}
