internal import Runs

/// Deletes of groups: when each group was forgotten.
struct GroupDeletes: ~Copyable {
  private let window: Window
  private let mentions: Pile<Keyed>

  /// `mentions` are sorted.
  init(_ mentions: consuming Pile<Keyed>, in window: Window) {
    self.mentions = mentions
    self.window = window
  }

  var isEmpty: Bool { mentions.count == 0 }

  /// Whether the group was deleted behind one place and before another.
  func contains(_ group: UnsafeRawBufferPointer, after: Place, before: Place) -> Bool {
    if isEmpty { return false }
    return places(of: group).contains { $0 > after && $0 < before }
  }

  /// The last delete of the group; nil where there is none.
  func last(of group: UnsafeRawBufferPointer) -> Place? { isEmpty ? nil : places(of: group).last }

  private func places(of group: UnsafeRawBufferPointer) -> [Place] {
    let elements = mentions.elements
    return Selection.range(of: KeyHash.hash(.groupDelete, group), in: elements)
      .map { Place(packed: elements[$0].value) }
      .filter { ByteOrder.areEqual(window.group($0), group) }
  }

  /// The groups that were deleted, each once, by the place of a record that did it.
  var groups: [Place] {
    var groups: [Place] = []
    let elements = mentions.elements
    Selection.forEachHash(elements) { range in
      var found: [Place] = []
      for element in elements[range] {
        let place = Place(packed: element.value)
        if !found.contains(where: { ByteOrder.areEqual(window.group($0), window.group(place)) }) {
          found.append(place)
        }
      }
      groups += found
    }
    return groups
  }
}
