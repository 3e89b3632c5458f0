import Foundation

@testable import Objects

/// What a person was told.
final class Notes: @unchecked Sendable {
  private let lock = NSLock()
  private var said: [String] = []

  var lines: [String] { lock.withLock { said } }

  func add(_ line: String) { lock.withLock { said.append(line) } }

  /// Settings whose `note` comes here.
  var settings: StoreSettings {
    var settings = StoreSettings()
    settings.note = { self.add($0) }
    return settings
  }
}
