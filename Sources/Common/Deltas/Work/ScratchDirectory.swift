internal import Failures
internal import Files

/// A directory for what nobody needs afterwards, removed with the object; what a killed process left is emptied and taken.
final class ScratchDirectory {
  let directory: Directory
  private let remove: () -> Void

  fileprivate init(_ directory: Directory, remove: @escaping () -> Void) {
    self.directory = directory
    self.remove = remove
    empty()
  }

  private func empty() {
    for name in (try? directory.names()) ?? [] { try? directory.remove(name) }
  }

  deinit {
    empty()
    remove()
  }
}

extension Directory {
  func scratch(_ name: String) throws(Failure) -> ScratchDirectory {
    ScratchDirectory(try subdirectory(name)) { try? self.removeDirectory(name) }
  }
}
