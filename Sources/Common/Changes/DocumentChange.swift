/// What became of one document between two states of an index.
package struct DocumentChange: Equatable, Sendable {
  package let id: [UInt8]
  /// The stored document, one JSON object, as the index has it now; nil: it is deleted.
  package let document: [UInt8]?

  package init(id: [UInt8], document: [UInt8]?) {
    self.id = id
    self.document = document
  }
}

/// What changed of one group: to be sent in one piece, so that nobody sees half of it.
package struct GroupChange: Equatable, Sendable {
  /// Where the fields have no group, the id of its one document.
  package let group: [UInt8]
  /// In the order of their ids. A document that moved is in its new group alone.
  package var documents: [DocumentChange]

  package init(group: [UInt8], documents: [DocumentChange]) {
    self.group = group
    self.documents = documents
  }
}
