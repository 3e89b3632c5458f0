internal import HTTP
internal import Synchronization

/// How a server wants the tag of If-Match: in quotes, as RFC 9110 has it and AWS does, or bare, as Ceph does, to
/// which a quoted tag is always another one. Which of the two is found out by the first conditional write.
final class S3Conditions: Sendable {
  enum Form {
    case quoted, bare

    fileprivate var other: Form { self == .quoted ? .bare : .quoted }

    fileprivate func header(_ tag: String) -> HTTPHeader {
      HTTPHeader("if-match", self == .quoted ? "\"\(tag)\"" : tag)
    }
  }

  private let known = Mutex<Form?>(nil)

  /// Writes if the object still has the tag. A refusal of the form that is tried first is believed only if the object's
  /// tag is indeed another one, or the server is known to understand that form.
  func write(
    if tag: String, trying guess: Form, put: (HTTPHeader) throws(StoreError) -> String,
    look: () throws(StoreError) -> String?
  ) throws(StoreError) -> String {
    let known = known.withLock { $0 }
    let form = known ?? guess
    do throws(StoreError) { return try remember(form, put(form.header(tag))) } catch {
      guard error == .conditionFailed, known == nil else { throw error }
      guard let present = try look() else { throw .notFound(.object) }
      guard present == tag else { throw .conditionFailed }
    }
    return try remember(form.other, put(form.other.header(tag)))
  }

  private func remember(_ form: Form, _ tag: String) -> String {
    known.withLock { $0 = form }
    return tag
  }
}
