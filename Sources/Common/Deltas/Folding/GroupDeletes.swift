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
    let (elements, hash) = (mentions.elements, KeyHash.hash(.groupDelete, group))
    var index = elements.partitioningIndex { $0.key > hash || $0.key == hash && $0.value > after.packed }
    while index < elements.count, elements[index].key == hash, elements[index].value < before.packed {
      if isDelete(elements[index], of: group) { return true }
      index += 1
    }
    return false
  }

  /// The last delete of the group; nil where there is none.
  func last(of group: UnsafeRawBufferPointer) -> Place? {
    if isEmpty { return nil }
    let (elements, hash) = (mentions.elements, KeyHash.hash(.groupDelete, group))
    var index = elements.partitioningIndex { $0.key > hash }
    while index > 0, elements[index - 1].key == hash {
      index -= 1
      if isDelete(elements[index], of: group) { return Place(packed: elements[index].value) }
    }
    return nil
  }

  private func isDelete(_ mention: Keyed, of group: UnsafeRawBufferPointer) -> Bool {
    ByteOrder.areEqual(window.group(Place(packed: mention.value)), group)
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
