package import Failures
package import Files

/// Makes one file of keys of two, without what is of sources that are gone.
package struct KeyFileMerge {
  private var sources = KeySources()
  private var inputs: [Input] = []

  /// What names the file.
  package var identity: RunIdentity { sources.identity }

  /// `isThere` is asked once for each source of each.
  package init(_ first: KeyFile, _ second: KeyFile, where isThere: (KeyFile.Source) -> Bool) {
    for file in [first, second] {
      var moves: [UInt64?] = []
      for (index, source) in file.sources.enumerated() {
        moves.append(isThere(source) ? sources.add(source, extent: file.extent(ofSource: index)) : nil)
      }
      inputs.append(Input(file: file, moves: moves))
    }
  }

  /// The file has its name then, and is not synced.
  package func write(_ name: String, in directory: Directory) throws(Failure) {
    var table = try KeyTable(sources, entries: inputs.reduce(0) { $0 + $1.file.count })
    var (first, second) = (Cursor(inputs[0]), Cursor(inputs[1]))
    while let next = first.mention {
      while let other = second.mention, other.hash < next.hash {
        table.append(other.hash, other.kind, other.address)
        second.advance()
      }
      table.append(next.hash, next.kind, next.address)
      first.advance()
    }
    while let other = second.mention {
      table.append(other.hash, other.kind, other.address)
      second.advance()
    }
    try table.write(name, in: directory)
  }

  private struct Input {
    let file: KeyFile
    /// The first address of each source in the new file; nil where it is gone.
    let moves: [UInt64?]
  }

  /// The mentions of a file that are still of something, by hash.
  private struct Cursor {
    private let input: Input
    private var index = -1
    private var bucket = 0
    private(set) var mention: (hash: UInt64, kind: UInt64, address: UInt64)?

    init(_ input: Input) {
      self.input = input
      advance()
    }

    mutating func advance() {
      let (file, layout) = (input.file, input.file.layout)
      while true {
        index += 1
        guard index < file.entries.count else { return mention = nil }
        let entry = file.entries[index]
        while bucket < layout.buckets - 1, Int(file.buckets[bucket + 1]) <= index { bucket += 1 }
        let address = layout.address(entry)
        guard let source = file.source(of: address), let move = input.moves[source] else { continue }
        let number = address - file.firstAddresses[source]
        mention = (layout.hash(entry, bucket: bucket), layout.kind(entry), move + number)
        return
      }
    }
  }
}
