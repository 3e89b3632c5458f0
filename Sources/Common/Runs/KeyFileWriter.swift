package import Failures
package import Files
internal import Bytes

/// Gathers mentions and writes them as a file of keys. The format is drawn in KeyFile.swift.
package struct KeyFileWriter: ~Copyable {
  private static let entriesPerBucket = 8

  private var sources: [KeyFile.Source] = []
  private var entries = Pile<Keyed>()

  package init() {}

  package var count: Int { entries.count }

  /// The place of a source, for the mentions in it.
  package mutating func add(_ source: KeyFile.Source) -> Int {
    sources.append(source)
    return sources.count - 1
  }

  package mutating func add(_ hash: UInt64, _ mention: KeyMention) {
    entries.append(Keyed(key: hash, value: mention.packed))
  }

  /// Of its sources: what names a file.
  package var identity: RunIdentity {
    RunIdentity(of: sources.map { "\($0.kind) \($0.identity.hex)\n" }.joined())
  }

  /// All that a run mentions.
  package mutating func add(_ run: Run, _ identity: RunIdentity, hasGroups: Bool) {
    let source = add(KeyFile.Source(.run, identity))
    for (number, part) in run.parts.enumerated() {
      part.forEach { offset, record in
        let place = RunPart.number(part: number, offset: offset)
        func add(_ kind: KeyKind, _ key: UnsafeRawBufferPointer) {
          let mention = KeyMention(source: source, kind: kind, number: place)
          entries.append(Keyed(key: KeyHash.hash(kind, key), value: mention.packed))
        }
        if let id = record.id { add(.id, id) }
        guard hasGroups, let group = record.group else { return }
        if !record.isDelete {
          add(.group, group)
        } else if record.id == nil {
          add(.groupDelete, group)
        }
      }
    }
  }

  /// What another file has, but for the sources that are gone.
  package mutating func add(_ file: KeyFile, where isThere: (KeyFile.Source) -> Bool) {
    let places = file.sources.map { isThere($0) ? add($0) : -1 }
    entries.reserve(file.entries.count)
    for entry in file.entries {
      let mention = KeyMention(entry.value)
      guard mention.source < places.count, places[mention.source] >= 0 else { continue }
      entries.append(Keyed(key: entry.key, value: mention.moved(to: places[mention.source]).packed))
    }
  }

  /// Sorts the entries and writes them; the file has its name then, and is not synced.
  package consuming func write(_ name: String, in directory: Directory) throws(Failure) {
    RadixSort.sort(entries.mutableElements, areHashes: true)
    let file = try TemporaryFile(in: directory)
    let head = head()
    for bytes in [head.bytes, entries.bytes] {
      try FileIO.writeAll(file.descriptor, bytes, name: directory.full(name))
    }
    try file.rename(to: name)
  }

  /// Header, sources and buckets.
  private borrowing func head() -> Pile<UInt8> {
    var rest = Pile<UInt8>()
    for source in sources {
      rest.append(integer: source.identity.high)
      rest.append(integer: source.identity.low)
      rest.append(integer: source.kind.rawValue)
    }
    let bits = bucketBits
    appendBuckets(bits, to: &rest)
    while (KeyFile.headerLength + rest.count) % 16 != 0 { rest.append(0) }
    var head = Pile<UInt8>()
    KeyFile.magic.withUnsafeBytes { head.append($0) }
    head.append(integer: KeyFile.version)
    head.append(integer: UInt32(sources.count))
    head.append(integer: UInt64(entries.count))
    head.append(integer: UInt32(bits))
    head.append(integer: CRC32.checksum(entries.bytes, after: CRC32.checksum(rest.bytes)))
    head.append(integer: UInt64(deletes))
    head.append(integer: CRC32.checksum(head.bytes))
    while head.count < KeyFile.headerLength { head.append(0) }
    head.append(rest.bytes)
    return head
  }

  private var bucketBits: Int {
    var bits = 0
    while bits < KeyFile.maxBucketBits, entries.count >> bits > Self.entriesPerBucket { bits += 1 }
    return bits
  }

  private var deletes: Int {
    entries.elements.reduce(0) { $0 + (KeyMention($1.value).kind == KeyKind.groupDelete.rawValue ? 1 : 0) }
  }

  private borrowing func appendBuckets(_ bits: Int, to out: inout Pile<UInt8>) {
    var index = 0
    for bucket in 0..<1 << bits {
      while index < entries.count, bits > 0, Int(entries[index].key >> UInt64(64 - bits)) < bucket {
        index += 1
      }
      out.append(integer: UInt32(index))
    }
    out.append(integer: UInt32(entries.count))
  }
}
