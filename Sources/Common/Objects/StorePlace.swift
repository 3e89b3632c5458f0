package import Bytes
package import Failures

/// A place in a store: what lies below a prefix, by the names that it has there. A failure names the whole location.
package struct StorePlace: Sendable {
  package let location: Location
  package let store: any ObjectStore
  /// Empty, or ending in `/`.
  package let prefix: Key

  /// Nothing is asked of the store yet; 78 or 77 where there are no credentials.
  package init(_ location: Location, stores: Stores) throws(Failure) {
    let (store, key) = try stores.store(for: location)
    self.init(location, store: store, key: key)
  }

  /// `key` is that of the location in its store.
  package init(_ location: Location, store: any ObjectStore, key: Key) {
    (self.location, self.store) = (location, store)
    let isWhole = key.bytes.isEmpty || key.bytes.last == UInt8(ascii: "/")
    prefix = isWhole ? key : key + "/"
  }

  package func key(_ relative: String) -> Key { prefix + Key(relative) }
  package func name(_ relative: String) -> String { location.appending(relative).description }

  /// Below the prefix; nil for what is not UTF-8, and so not ours.
  package func relative(_ key: Key) -> String? {
    String(validating: key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self)
  }

  /// The same place, asked as long as that insists.
  package func within(_ insistence: Insistence) -> StorePlace {
    StorePlace(location, store: insistence.store(store), key: prefix)
  }
}

extension StorePlace {
  /// Size, tag and time; nil where there is none of that name.
  package func info(_ relative: String) throws(Failure) -> ObjectInfo? {
    do throws(StoreError) { return try store.info(key(relative)) } catch {
      throw error.failure(cannot: "look at", name(relative))
    }
  }

  /// A small object whole; nil where there is none of that name.
  package func read(_ relative: String, limit: Int) throws(Failure) -> (bytes: [UInt8], tag: String)? {
    do throws(StoreError) { return try store.read(key(relative), limit: limit) } catch {
      // A directory that is not there may be made; a bucket that is not there is another's name.
      if case .notFound = error, case .local = location { return nil }
      throw error.failure(cannot: "read", name(relative))
    }
  }

  /// Whatever is there.
  package func write(_ relative: String, _ contents: Contents) throws(Failure) {
    do throws(StoreError) { _ = try store.write(key(relative), contents, if: .always) } catch {
      throw error.failure(cannot: "write", name(relative))
    }
  }

  /// Writes once. Nil when it is done; an error where it is not clear what has happened, or somebody was faster.
  package func write(
    _ relative: String, _ bytes: [UInt8], if condition: WriteCondition
  ) throws(Failure) -> StoreError? {
    do throws(StoreError) {
      _ = try store.write(key(relative), .bytes(bytes), if: condition)
      return nil
    } catch {
      switch error {
      case .conditionFailed, .unavailable, .notFound(.object): return error
      default: throw error.failure(cannot: "write", name(relative))
      }
    }
  }

  /// Tells of all that lies below, each by its name here, and of nothing where there is no such place.
  package func forEach(
    below directory: String, _ body: (_ name: String, _ object: ObjectInfo) -> Void
  ) throws(Failure) {
    var request = ListRequest(prefix: key(directory))
    var (last, seen) = (Key?.none, Set<String>())
    do throws(StoreError) {
      repeat {
        let page = try store.list(request)
        let isBack = page.objects.first.flatMap { first in last.map { first.key <= $0 } } ?? false
        guard !isBack, page.next.map({ seen.insert($0).inserted }) ?? true else { throw .samePage }
        last = page.objects.last?.key ?? last
        for object in page.objects { if let name = relative(object.key) { body(name, object) } }
        request.continuing = page.next
      } while request.continuing != nil
    } catch {
      if case .notFound = error { return }
      throw error.failure(cannot: "list", name(directory))
    }
  }

  package func remove(_ relative: String) throws(Failure) {
    do throws(StoreError) { try store.remove(key(relative)) } catch {
      throw error.failure(cannot: "remove", name(relative))
    }
  }

  /// Makes durable what is there, whoever wrote it.
  package func settle(_ relative: String) throws(Failure) {
    do throws(StoreError) { try store.settle(key(relative)) } catch {
      throw error.failure(cannot: "sync", name(relative))
    }
  }
}
