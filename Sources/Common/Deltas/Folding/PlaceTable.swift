internal import Runs

/// Numbers by place: open addressing, at most half full.
struct PlaceTable: ~Copyable {
  private static let free = UInt64.max

  private var slots = Pile<Keyed>()
  private var count = 0

  subscript(place: Place) -> Int? {
    if count == 0 { return nil }
    var index = home(place.packed)
    while slots[index].key != Self.free {
      if slots[index].key == place.packed { return Int(truncatingIfNeeded: slots[index].value) }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Of a place that is not there yet.
  mutating func insert(_ place: Place, _ number: Int) {
    if count * 2 >= slots.count { grow() }
    put(Keyed(key: place.packed, value: UInt64(truncatingIfNeeded: number)))
    count += 1
  }

  private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & (slots.count - 1)
  }

  private mutating func put(_ entry: Keyed) {
    var index = home(entry.key)
    while slots[index].key != Self.free { index = (index + 1) & (slots.count - 1) }
    slots.mutableElements[index] = entry
  }

  private mutating func grow() {
    var old = Pile<Keyed>()
    swap(&old, &slots)
    for _ in 0..<max(64, old.count * 2) { slots.append(Keyed(key: Self.free, value: 0)) }
    for index in 0..<old.count where old[index].key != Self.free { put(old[index]) }
  }
}
