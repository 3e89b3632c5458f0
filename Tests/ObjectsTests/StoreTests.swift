import Bytes
import Failures
import Glibc
import Testing
import Threads

@testable import Objects

/// One suite for every store. Not tested here: power loss, network file systems, objects above 5 GiB.
@Suite struct StoreTests {
  @Test(arguments: Place.all) func `A listing is in the byte order of whole keys`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let keys: [Key] = ["a-b", "a.txt", "a/x/y", "a0", "b/c-d/e", "b/c.f", "b/c/g", "b/c0", "é", "ü/z"]
    for key in keys.shuffled() { try store.put(prefix + key) }
    let listed = try store.all(ListRequest(prefix: prefix)).objects.map(\.key)
    #expect(listed == keys.map { prefix + $0 }.sorted())
    #expect(try store.all(ListRequest(prefix: prefix + "b/c")).objects.count == 4)
    #expect(try store.all(ListRequest(prefix: prefix + "nothing")).objects.isEmpty)
  }

  @Test(arguments: Place.all) func `What a listing says is what reading gives`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let tag = try store.write(prefix + "a", .bytes(Array("hello".utf8)), if: .always)
    let listed = try #require(try store.list(ListRequest(prefix: prefix)).objects.first)
    #expect(listed.tag == tag)
    #expect(listed.bytes == 5)
    #expect(try store.info(prefix + "a") == listed)
    let object = try #require(try store.read(prefix + "a"))
    #expect(object.bytes == Array("hello".utf8))
    #expect(object.tag == tag)
  }

  @Test(arguments: Place.all, [1, 2, 3, 7, 100]) func `Pages add up, and none is longer than asked`(
    _ place: Place, _ limit: Int
  ) throws {
    let (store, prefix) = try place.make()
    let keys = ["a", "b/1", "b/2", "b0", "c/d/e", "c/f", "g"].map { prefix + Key($0) }
    for key in keys { try store.put(key) }
    let flat = try store.all(ListRequest(prefix: prefix, limit: limit))
    #expect(flat.objects.map(\.key) == keys)
    #expect(flat.prefixes.isEmpty)
    #expect(flat.pages == (keys.count + limit - 1) / limit)
    let folded = try store.all(ListRequest(prefix: prefix, delimited: true, limit: limit))
    #expect(folded.objects.map(\.key) == ["a", "b0", "g"].map { prefix + Key($0) })
    #expect(folded.prefixes == ["b/", "c/"].map { prefix + Key($0) })
  }

  /// A page's offsets have 32 bits, and a path no limit.
  @Test func `A page of long names has fewer of them`() throws {
    var builder = try PageBuilder(ListRequest(prefix: "", limit: 1 << 16))
    let object = ObjectInfo(key: Key(repeatElement(0x61, count: 1 << 20)), bytes: 1, tag: "t", modified: 0)
    var count = 0
    while count < 100, builder.add(object) { count += 1 }
    #expect(count == 16 && builder.page.objects.count == 16 && builder.page.next == object.key.description)
  }

  @Test(
    arguments: Place.all,
    [
      ("", ["a", "b0", "g"], ["b/", "c/"]), ("a", ["b0", "g"], ["b/", "c/"]),
      ("b", ["b0", "g"], ["b/", "c/"]),
      ("b/", ["b0", "g"], ["c/"]), ("b/1", ["b0", "g"], ["c/"]), ("b/9", ["b0", "g"], ["c/"]),
      ("b0", ["g"], ["c/"]),
      ("c", ["g"], ["c/"]), ("g", [], []),
    ]) func `A folded listing after a key`(_ place: Place, _ row: (String, [String], [String])) throws
  {
    let (store, prefix) = try place.make()
    for key in ["a", "b/1", "b/2", "b0", "c/d/e", "c/f", "g"] { try store.put(prefix + Key(key)) }
    let request = ListRequest(prefix: prefix, startAfter: prefix + Key(row.0), delimited: true, limit: 2)
    let (objects, prefixes, _) = try store.all(request)
    #expect(objects.map(\.key) == row.1.map { prefix + Key($0) })
    #expect(prefixes == row.2.map { prefix + Key($0) })
  }

  @Test(arguments: Place.all) func `A flat listing after a key, be it there or not`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let keys = ["a", "b/1", "b/2", "b0", "c/d/e", "c/f", "g"].map { prefix + Key($0) }
    for key in keys { try store.put(key) }
    for after in ["", "a", "b", "b/", "b/1", "b/11", "b/3", "c/d", "c/d/e", "f", "g", "z"].map({
      prefix + Key($0)
    }) {
      let listed = try store.all(ListRequest(prefix: prefix, startAfter: after, limit: 2)).objects.map(\.key)
      #expect(listed == keys.filter { after < $0 }, "after \(after)")
    }
  }

  @Test(arguments: Place.all) func `A prefix need not end at a slash`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    for key in ["dt=1/a", "dt=2/a", "dt=2x", "e"] { try store.put(prefix + Key(key)) }
    let page = try store.list(ListRequest(prefix: prefix + "dt=", delimited: true))
    #expect(page.prefixes == ["dt=1/", "dt=2/"].map { prefix + Key($0) })
    #expect(page.objects.map(\.key) == [prefix + "dt=2x"])
  }

  static let hostile: [[UInt8]] =
    [
      "with space", "plus+plus", "per%cent", "%2e%2e", "tab\tbed", "caf\u{e9}", "cafe\u{301}", "-rf",
      "--help", "\"quoted\"",
      "'single'", "a&b", "<tag>", "what?", "#hash", "semi;colon", "at@", "co:lon", "eq=u,al", "back\\slash",
      "~tilde",
      "$var", "(paren)", "[brack]", "{brace}", "|pipe|", "^", "`", "!", "*", "日本語", "😀", " lead", "trail ",
      "..dots", "...",
      "a/-b/c d", "\u{7f}",
    ].map { Array($0.utf8) } + [Array(repeatElement("k".utf8, count: 200).joined())]

  @Test(arguments: Place.all) func `Hostile keys come back as they were`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let keys = Self.hostile.map { prefix + Key($0) }
    for key in keys { try store.put(key, key.description) }
    #expect(try store.all(ListRequest(prefix: prefix, limit: 7)).objects.map(\.key) == keys.sorted())
    for key in keys {
      #expect(try store.read(key)?.bytes == Array(key.description.utf8), "\(key)")
      #expect(try store.info(key)?.key == key)
      #expect(try store.list(ListRequest(prefix: key)).objects.first?.key == key)
      let after = try store.all(ListRequest(prefix: prefix, startAfter: key)).objects.map(\.key)
      #expect(after == keys.filter { key < $0 }.sorted(), "after \(key)")
    }
    for key in keys {
      try store.remove(key)
      #expect(try store.info(key) == nil)
    }
  }

  @Test(arguments: Place.all) func `A key may have 1,024 bytes and no more`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    func key(of length: Int) -> Key {
      var bytes = prefix.bytes
      while bytes.count < length { bytes.append(UInt8(ascii: bytes.count % 100 == 99 ? "/" : "k")) }
      return Key(bytes)
    }
    try store.put(key(of: 1024))
    #expect(try store.list(ListRequest(prefix: prefix)).objects.map(\.key) == [key(of: 1024)])
    #expect(error { try store.put(key(of: 1025)) }?.exit == .badData)
  }

  @Test(arguments: Place.all) func `What is missing is said to be missing`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    try store.put(prefix + "there")
    #expect(error { try store.open(prefix + "no", tag: nil) } == .notFound(.object))
    #expect(try store.read(prefix + "no") == nil)
    #expect(try store.info(prefix + "no") == nil)
    try store.remove(prefix + "no")
    #expect(try store.read(prefix + "there") != nil)
  }

  @Test(arguments: Place.all) func `A write replaces what was there`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let first = try store.write(prefix + "a", .bytes([1]), if: .always)
    let second = try store.write(prefix + "a", .bytes([2]), if: .always)
    #expect(first != second)
    #expect(try store.read(prefix + "a")?.bytes == [2])
    #expect(error { try store.open(prefix + "a", tag: first) } == .conditionFailed)
    #expect(try store.open(prefix + "a", tag: second).bytes == 1)
    _ = try store.write(prefix + "a", .bytes([]), if: .always)
    #expect(try store.read(prefix + "a")?.bytes == [])
  }

  @Test(arguments: Place.all) func `Conditions hold`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let key = prefix + "CURRENT"
    let missing = error {
      try store.write(key, .bytes([0]), if: .matches("0123456789abcdef0123456789abcdef"))
    }
    #expect(missing == .notFound(.object) || missing == .conditionFailed)
    #expect(try store.info(key) == nil)
    let one = try store.write(key, .bytes([1]), if: .absent)
    #expect(error { try store.write(key, .bytes([9]), if: .absent) } == .conditionFailed)
    let two = try store.write(key, .bytes([2]), if: .matches(one))
    #expect(error { try store.write(key, .bytes([9]), if: .matches(one)) } == .conditionFailed)
    #expect(try store.read(key)?.bytes == [2])
    #expect(try store.read(key)?.tag == two)
  }

  @Test(arguments: Place.all) func `Of eight that create at once, one wins`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    for round in 0..<5 {
      let key = prefix + Key("race-\(round)")
      let won = parallelMap(count: 8, threads: 8) { index in
        error { try store.write(key, .bytes([UInt8(index)]), if: .absent) } == nil
      }
      #expect(won.filter { $0 }.count == 1)
      let winner = try #require(won.firstIndex(of: true))
      #expect(try store.read(key)?.bytes == [UInt8(winner)])
    }
  }

  @Test(arguments: Place.all) func `Eight that count by compare-and-swap lose no step`(_ place: Place) throws
  {
    let (store, prefix) = try place.make()
    let key = prefix + "counter"
    _ = try store.write(key, .bytes([0]), if: .absent)
    let steps = parallelMap(count: 8, threads: 8) { _ in
      var done = 0
      for _ in 0..<20 where Self.increment(key, in: store) { done += 1 }
      return done
    }
    let sum = steps.reduce(0, +)
    #expect(sum > 0)
    // Of a write whose answer was lost nobody knows; of those that were confirmed none may be missing.
    let value = Int(try #require(try store.read(key)?.bytes.first))
    #expect(place.name == "s3" ? value >= sum : value == sum)
  }

  private static func increment(_ key: Key, in store: any ObjectStore) -> Bool {
    guard let (bytes, tag) = try? store.read(key), let value = bytes.first else { return false }
    return (try? store.write(key, .bytes([value + 1]), if: .matches(tag))) != nil
  }

  @Test(arguments: Place.all) func `Big bodies, from memory and from a file`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<(5 << 17)).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
    _ = try store.write(prefix + "big", .bytes(bytes), if: .always)
    #expect(try store.read(prefix + "big")?.bytes == bytes)
    let path = try Place.temporaryDirectory() + "/big"
    let file = fopen(path, "w")
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    let tag = try store.write(prefix + "file", .file(path: path), if: .absent)
    let read = try #require(try store.read(prefix + "file"))
    #expect(read.bytes == bytes && read.tag == tag)
    #expect(error { try store.read(prefix + "big", limit: 1000) }?.exit == .badData)
    #expect(
      error { try store.write(prefix + "none", .file(path: path + "-none"), if: .always) }?.exit == .noInput)
  }

  @Test(arguments: Place.all) func `No key is empty`(_ place: Place) throws {
    let (store, _) = try place.make()
    #expect(error { try store.put("") }?.exit == .badData)
    #expect(error { try store.open("", tag: nil) }?.exit == .badData)
    #expect(error { try store.remove("") }?.exit == .badData)
  }

  @Test(arguments: Place.all) func `A malformed continuation is an error`(_ place: Place) throws {
    guard place.name != "s3" else { return }
    let (store, prefix) = try place.make()
    #expect(error { try store.list(ListRequest(prefix: prefix, continuing: "%zz")) }?.exit == .badData)
  }
}
