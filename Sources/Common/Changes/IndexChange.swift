package import Failures

/// What changed between states of an index.
///
/// Of a target that was told to take one state after the other and may have half of the last, all of them are old: a
/// document is deleted where any of them has it and the new one has not, and sent where it is another one than in any.
package struct IndexChange {
  package let adds: Int
  package let deletes: Int

  /// No old state: all documents are new.
  package init(from old: [IndexState], to new: IndexState) throws(Failure) {
    throw Failure(.software, "cannot compare states of an index: not written yet")
  }

  /// In the order of the groups' bytes, each once; memory is in proportion to what changed, without the documents.
  package func forEachGroup(_ body: (GroupChange) throws(Failure) -> Void) throws(Failure) {}
}
