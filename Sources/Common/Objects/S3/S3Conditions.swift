internal import HTTP
internal import Synchronization

/// How a server wants the tag of If-Match: in quotes, as RFC 9110 has it and AWS does, or bare, as Ceph does, to
/// which a quoted tag is always another one. Which of the two is found out by the first conditional write.
final class S3Conditions: Sendable {
  private enum Form { case quoted, bare }
  private let known = Mutex<Form?>(nil)

  /// Writes if the object still has the tag. A refusal of the quoted form is believed only if the object's tag is
  /// indeed another one, or the server is known to understand that form.
  func write(
    if tag: String, put: (HTTPHeader) throws(StoreError) -> String, look: () throws(StoreError) -> String?
  ) throws(StoreError) -> String {
    let form = known.withLock { $0 }
    if form == .bare { return try put(HTTPHeader("if-match", tag)) }
    do throws(StoreError) {
      return try remember(.quoted, put(HTTPHeader("if-match", "\"\(tag)\"")))
    } catch {
      guard error == .conditionFailed, form == nil else { throw error }
      guard let present = try look() else { throw .notFound(.object) }
      guard present == tag else { throw .conditionFailed }
    }
    return try remember(.bare, put(HTTPHeader("if-match", tag)))
  }

  private func remember(_ form: Form, _ tag: String) -> String {
    known.withLock { $0 = form }
    return tag
  }
}
