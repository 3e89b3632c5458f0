internal import Synchronization

/// What a person is told of how the stores are reached. What `note` has said once it does not say again.
final class Remarks: Sendable {
  private let settings: StoreSettings
  private let said = Mutex<Set<String>>([])

  init(_ settings: StoreSettings = StoreSettings()) { self.settings = settings }

  func note(_ text: String) {
    if said.withLock({ $0.insert(text).inserted }) { settings.note(text) }
  }

  func detail(_ text: String) { settings.detail(text) }
}
