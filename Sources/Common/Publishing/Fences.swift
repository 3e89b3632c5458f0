internal import Failures
internal import JSON

// In a generation, with the lease that it was published under:
//
//     "fence":{"ads":1763772000,"":7},"lease":"ads"
//
// The empty name is that of tokens whose lease is not known; null: none was ever shown, and none for this one. Before
// there were leases it was one token, as text.

/// The newest fencing token of each lease under which a destination was ever published to. Whoever shows an older one
/// has lost the lease since: the holder who came after has been here.
package struct Fences: Equatable, Sendable {
  package private(set) var newest: [String: Int] = [:]

  package init() {}

  /// What a publisher was given by `wm hold`.
  package struct Token: Equatable, Sendable {
    package let lease: String?
    package let fence: Int

    package init(lease: String?, fence: Int) {
      self.lease = lease
      self.fence = fence
    }
  }

  /// Nil for what no lease gives out, and no manifest can hold.
  package static func fence(_ text: String) -> Int? {
    Int(text).flatMap { (0..<Members.largest).contains($0) ? $0 : nil }
  }

  /// Why that token is refused; nil where it is not. One whose lease is not known has to be as new as each.
  func objection(to token: Token) -> String? {
    let seen = token.lease.map { lease in newest.filter { $0.key == lease } } ?? newest
    guard let newer = seen.filter({ $0.value > token.fence }).max(by: { $0.value < $1.value }) else {
      return nil
    }
    let lease = newer.key.isEmpty ? "the lease" : "the lease \(newer.key)"
    return "\(lease) was lost: fence \(newer.value) has published here, and ours is \(token.fence)"
  }

  package mutating func add(_ token: Token) {
    newest[token.lease ?? "", default: 0] = max(newest[token.lease ?? ""] ?? 0, token.fence)
  }
}

extension Fences {
  var json: JSONValue {
    if newest.isEmpty { return .null }
    let sorted = newest.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return .object(sorted.map { .init($0.key, .number($0.value)) })
  }

  init(_ members: Members) throws(Failure) {
    guard let fence = try members.optional("fence") else { return }
    if let text = fence.json.string { newest[""] = Self.fence(text) }
    for member in fence.json.members ?? [] { newest[member.key] = try fence.count(member.key) }
  }
}
