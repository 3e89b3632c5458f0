/// What a build may take.
package struct Limits: Equatable, Sendable {
  package let threads: Int
  /// In bytes, about.
  package let memory: Int

  package static let defaultMemory = 512 << 20
  package static let leastMemory = 32 << 20

  package init(threads: Int, memory: Int = Limits.defaultMemory) {
    self.threads = threads
    self.memory = memory
  }

  /// What each of the lanes of a segment may hold.
  var lane: Int { memory / 2 / threads }
}
