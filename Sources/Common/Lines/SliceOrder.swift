internal import Bytes

extension ObjectLine {
  /// Slice order: by partition time, then by location in the byte order of its printed form.
  package static func inSliceOrder(_ objects: [ObjectLine]) -> [ObjectLine] {
    let keyed = objects.map { (text: $0.location.description, object: $0) }
    func precedes(_ a: (text: String, object: ObjectLine), _ b: (text: String, object: ObjectLine)) -> Bool {
      // Swift compares strings by their canonical form; the lines are ordered by bytes.
      a.object.time == b.object.time
        ? a.text.utf8.lexicographicallyPrecedes(b.text.utf8) : a.object.time < b.object.time
    }
    if zip(keyed, keyed.dropFirst()).allSatisfy({ !precedes($1, $0) }) { return objects }
    return keyed.sorted(by: precedes).map(\.object)
  }

  /// The SHA-256, in hex, of the lines in slice order: what names a slice.
  package static func hash(inSliceOrder objects: [ObjectLine]) -> String {
    var digest = SHA256()
    for object in objects { digest.update(object.text + "\n") }
    return Hex.encode(digest.finish())
  }
}
