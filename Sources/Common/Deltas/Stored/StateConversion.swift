internal import Files

// What a build left, as a machine has it and as a store has it: the one has stamps, the other what the files hash to.

extension StoredState {
  /// `digests` are of the files, in their order.
  init(_ state: BuildState, _ digests: [String], isFed: Bool) {
    self.init(
      head: state.head, isFed: isFed,
      files: zip(state.files, digests).map { file, sha256 in
        File(name: file.name, bytes: Int(clamping: file.stamp.size), sha256: sha256, bad: file.bad)
      })
  }
}

extension BuildState {
  /// `stamps` are of the files, in their order.
  init(_ state: StoredState, _ stamps: [Stamp], boot: String) {
    self.init(
      head: state.head, previous: nil, boot: boot,
      files: zip(state.files, stamps).map { File(name: $0.name, stamp: $1, bad: $0.bad) })
  }
}
