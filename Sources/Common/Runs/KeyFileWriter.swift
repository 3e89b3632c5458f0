package import Failures
package import Files

/// Gathers mentions and writes them as a file of keys.
package struct KeyFileWriter: ~Copyable {
  private var sources = KeySources()
  /// By hash; the kind in the two highest bits, the address below them.
  private var mentions = Pile<Keyed>()
  /// Of the source at hand.
  private var first: UInt64 = 0

  package init() {}

  package var count: Int { mentions.count }

  /// What names the file.
  package var identity: RunIdentity { sources.identity }

  /// Begins a source, whose numbers are below `extent`.
  package mutating func begin(_ source: KeyFile.Source, extent: Int) {
    first = sources.add(source, extent: extent)
  }

  /// A mention in the source at hand.
  package mutating func add(_ kind: KeyKind, _ key: UnsafeRawBufferPointer, _ number: Int) {
    let address = first + UInt64(truncatingIfNeeded: number)
    mentions.append(Keyed(key: KeyHash.hash(kind, key), value: kind.rawValue << 62 | address))
  }

  /// All that a run mentions.
  package mutating func add(_ run: Run, _ identity: RunIdentity, hasGroups: Bool) {
    begin(KeyFile.Source(.run, identity), extent: RunPart.number(part: run.parts.count, offset: 0))
    for (number, part) in run.parts.enumerated() {
      part.forEach { offset, record in
        let place = RunPart.number(part: number, offset: offset)
        if let id = record.id { add(.id, id, place) }
        guard hasGroups, let group = record.group else { return }
        if !record.isDelete {
          add(.group, group, place)
        } else if record.id == nil {
          add(.groupDelete, group, place)
        }
      }
    }
  }

  /// Sorts the mentions and writes them; the file has its name then, and is not synced. 65 where the sources take more
  /// addresses than there are.
  package consuming func write(_ name: String, in directory: Directory) throws(Failure) {
    RadixSort.sort(mentions.mutableElements, areHashes: true)
    var table = try KeyTable(sources, entries: mentions.count)
    for mention in mentions.elements {
      table.append(mention.key, mention.value >> 62, mention.value & (1 << 62 - 1))
    }
    try table.write(name, in: directory)
  }
}
