internal import Bytes
package import Failures
internal import Objects
package import Records

/// An object that is open for its records.
package struct OpenRecords {
  /// Where an object of a store is.
  struct Place {
    let location: Location
    /// Whether it was listed before: then it is told what has become of it since.
    let isListed: Bool
    let store: any ObjectStore
    let key: Key
    /// That of what was opened.
    let tag: String
  }

  package let pieces: any RecordPieces
  package let name: String
  private let place: Place?
  private let error: () -> StoreError?

  init(_ pieces: any RecordPieces, name: String, _ place: Place? = nil, error: @escaping () -> StoreError?) {
    self.pieces = pieces
    self.name = name
    self.place = place
    self.error = error
  }

  /// Why its store could not give all of it; nil where it could, so far.
  package var failure: Failure? {
    guard let place, let error = error() else { return nil }
    return error.failure(reading: place.location, isListed: place.isListed)
  }

  /// What is said of a record, or of the object, that can't be read. Of a record that does not depend on what became of the
  /// pieces behind it.
  package func failure(_ error: RecordError) -> Failure {
    switch error {
    case .malformed, .unreadable: error.failure(reading: name)
    case .damaged, .source: failure ?? error.failure(reading: name)
    }
  }

  /// To be asked behind the last piece: a local file can change under its reader, and only its tag tells.
  package func checkUnchanged() throws(Failure) {
    guard let place, case .local = place.location else { return }
    do throws(StoreError) {
      guard try place.store.info(place.key)?.tag == place.tag else { throw .conditionFailed }
    } catch { throw error.failure(reading: place.location, isListed: place.isListed) }
  }
}

extension StoreError {
  func failure(reading location: Location, isListed: Bool) -> Failure {
    guard isListed else { return failure(cannot: "read", location) }
    return switch (self, location) {
    case (.conditionFailed, _):
      Failure(
        .tryAgain, cannot: "read", location.description,
        because: "it was changed after it was listed; list again")
    case (.notFound(.object), _), (.notFound(.root), .local):
      Failure(.tryAgain, cannot: "read", location.description, because: "it is gone; list again")
    default: failure(cannot: "read", location)
    }
  }
}

extension RecordError {
  func failure(reading name: String) -> Failure {
    switch self {
    case .malformed(let line, let reason), .unreadable(let line, let reason):
      Failure(.badData, cannot: "read", name, because: "line \(line): \(reason)")
    case .damaged(let reason): Failure(.badData, cannot: "read", name, because: reason)
    case .source(let failure): failure
    }
  }
}
