internal import Console
internal import Deltas
internal import Failures
internal import Files
internal import Lines
internal import Objects
internal import Reading

// A shard whose records are brought by somebody who reads the objects once for all shards.

extension DeltaBuild {
  func runFed(_ console: Console, _ stores: Stores) throws {
    guard shard != nil else {
      let name = feeding.fed ? "--fed" : "--ask"
      throw Failure(.usage, "\(name) goes with --shard: say of which shard, such as --shard 2/8")
    }
    let (options, place) = (try BuildOptions(self, stores), try stored.place(stores))
    let build = try build(options)
    console.status("waiting for the slice")
    let (batch, rest) = try Batch.read(opening: 0)
    var lines = EndedLines(behind: rest)
    guard let input = try BuildInput(batch) else {
      while try lines.next() != nil {}
      return try nothing(console, "there is no object")
    }
    let stored = try fetch(place, for: build, console)
    console.status("taking in what comes")
    if feeding.ask {
      try answer(build, input, &lines)
    } else {
      try feed(build, input, stored, &lines, console)
    }
  }

  private func feed(
    _ build: Build, _ input: BuildInput, _ place: StoredWork?, _ lines: inout EndedLines, _ console: Console
  ) throws {
    let feeding = try Feeding(build, input)
    while let text = try lines.next() {
      guard let line = RoutedLine(text) else {
        throw lines.refusal("line \(lines.number) behind the slice is no routed line")
      }
      try feeding.take(line)
    }
    let runs = try feeding.finish()
    if feeding.areKnown(runs), case .built(let receipt) = build.standing(of: input) {
      console.detail("the last build was of this slice")
      return try print(receipt, input, place)
    }
    try print(try build.run(input, fed: runs) { note($0, console) }, input, place)
  }

  private func answer(_ build: Build, _ input: BuildInput, _ lines: inout EndedLines) throws {
    var asking = Asking(build, input)
    while let line = try lines.next() {
      guard asking.take(line) else {
        throw lines.refusal("line \(lines.number) behind the slice is no question: a key, a TAB, a shard")
      }
    }
    var text: [UInt8] = []
    let count = try asking.answer { (line) throws(Failure) in
      text.append(contentsOf: line)
      guard text.count >= 1 << 16 else { return }
      try FileIO.writeAll(1, text, name: "standard output")
      text.removeAll(keepingCapacity: true)
    }
    text.append(contentsOf: "#end\tlines=\(count)\n".utf8)
    try FileIO.writeAll(1, text, name: "standard output")
  }
}
