internal import Bytes

extension ObjectLine {
  /// Slice order: by partition time, then by location in the byte order of its printed form.
  package static func inSliceOrder(_ objects: [ObjectLine]) -> [ObjectLine] {
    let isSorted = objects.indices.dropFirst().allSatisfy { !precedes(objects[$0], objects[$0 - 1]) }
    return isSorted ? objects : objects.sorted(by: precedes)
  }

  private static func precedes(_ a: ObjectLine, _ b: ObjectLine) -> Bool {
    if a.time != b.time { return a.time < b.time }
    switch (a.location, b.location) {
    case (.s3(let bucket, let key), .s3(let other, let otherKey)) where bucket == other:
      return precedes(key, otherKey)
    case (.local(let path), .local(let other)): return precedes(path, other)
    // Swift compares strings by their canonical form; the lines are ordered by bytes.
    default: return a.location.description.utf8.lexicographicallyPrecedes(b.location.description.utf8)
    }
  }

  private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { a.precedesInLines($0) } }
  }

  /// The SHA-256, in hex, of the lines in slice order: what names a slice.
  package static func hash(inSliceOrder objects: [ObjectLine]) -> String {
    var digest = SHA256()
    var (lines, text) = (ObjectLineText(), [UInt8]())
    for object in objects {
      lines.append(object, to: &text)
      guard text.count >= 1 << 16 else { continue }
      digest.update(text)
      text.removeAll(keepingCapacity: true)
    }
    digest.update(text)
    return Hex.encode(digest.finish())
  }
}
