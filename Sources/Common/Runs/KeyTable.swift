internal import Failures
internal import Files
internal import Bytes

/// The sources of a file of keys that is being made, and the addresses they take.
struct KeySources {
  private(set) var all: [KeyFile.Source] = []
  private(set) var firstAddresses: [UInt64] = []
  /// The first address that none of them has.
  private(set) var end: UInt64 = 0

  /// A source whose numbers are below `extent`; gives its first address.
  mutating func add(_ source: KeyFile.Source, extent: Int) -> UInt64 {
    all.append(source)
    firstAddresses.append(end)
    defer { end += UInt64(extent) }
    return end
  }

  /// The identity of what is a function of them.
  var identity: RunIdentity {
    RunIdentity(of: all.map { "\($0.kind) \($0.identity.hex)\n" }.joined())
  }
}

/// The entries of a file of keys, which come in ascending order, and the file. The format is drawn in KeyFile.swift.
struct KeyTable: ~Copyable {
  private let sources: KeySources
  private let layout: KeyEntry
  private var entries = Pile<UInt64>()
  /// Where each bucket begins, of those that have begun.
  private var starts = Pile<UInt32>()
  private var deletes = 0

  /// For so many entries at most; 65 where the sources take more addresses than there are.
  init(_ sources: KeySources, entries count: Int) throws(Failure) {
    guard sources.end >> UInt64(KeyEntry.mostAddressBits) == 0 else {
      throw Failure(.badData, "cannot keep where ids and groups are mentioned: the slice is too large")
    }
    self.sources = sources
    layout = KeyEntry(entries: count, addresses: sources.end)
    entries.reserve(count)
    starts.reserve(layout.buckets + 1)
  }

  mutating func append(_ hash: UInt64, _ kind: UInt64, _ address: UInt64) {
    beginBuckets(through: layout.bucket(hash))
    if kind == KeyKind.groupDelete.rawValue { deletes += 1 }
    entries.append(layout.packed(hash, kind, address))
  }

  private mutating func beginBuckets(through bucket: Int) {
    while starts.count <= bucket { starts.append(UInt32(truncatingIfNeeded: entries.count)) }
  }

  /// The file has its name then, and is not synced.
  consuming func write(_ name: String, in directory: Directory) throws(Failure) {
    beginBuckets(through: layout.buckets)
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
    for (source, first) in zip(sources.all, sources.firstAddresses) {
      rest.append(integer: source.identity.high)
      rest.append(integer: source.identity.low)
      rest.append(integer: source.kind.rawValue)
      rest.append(integer: first)
    }
    rest.append(starts.bytes)
    rest.pad(to: 8)
    var head = Pile<UInt8>()
    KeyFile.magic.withUnsafeBytes { head.append($0) }
    head.append(integer: KeyFile.version)
    head.append(integer: UInt32(sources.all.count))
    head.append(integer: UInt64(entries.count))
    head.append(integer: UInt32(layout.bits))
    head.append(integer: CRC32.checksum(entries.bytes, after: CRC32.checksum(rest.bytes)))
    head.append(integer: UInt64(deletes))
    head.append(integer: sources.end)
    head.append(integer: CRC32.checksum(head.bytes))
    while head.count < KeyFile.headerLength { head.append(0) }
    head.append(rest.bytes)
    return head
  }
}
