internal import Bytes

/// The last request of an upload, and its answer.
enum S3Completion {
  static func body(_ tags: [String]) -> String {
    let parts = tags.enumerated().map { index, tag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>&quot;\(escape(tag))&quot;</ETag></Part>"
    }
    return "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
      + "</CompleteMultipartUpload>"
  }

  private static func escape(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
  }

  /// The tag of an object of those parts: the MD5 of their MD5s, and their number. Nil where theirs are no MD5s.
  static func tag(of parts: [String]) -> String? {
    var sums: [UInt8] = []
    for part in parts {
      guard Hex.isWritten(part, digits: 32), let sum = Hex.decode(part) else { return nil }
      sums += sum
    }
    return Hex.encode(Checksum.of(sums, .md5)) + "-\(parts.count)"
  }

  /// The new object's tag, which Ceph leaves out. The status was 200 before the store knew what would become of it: what
  /// counts is the body, and one that is cut short says nothing.
  static func parse(_ answer: [UInt8]) throws(StoreError) -> String? {
    try S3Answer.check(answer)
    do throws(StoreError) {
      var reader = try XMLReader(answer, root: "CompleteMultipartUploadResult")
      var tag: String?
      while let name = try reader.child() {
        if name == "ETag" { tag = ETag.bare(try reader.text()) } else { try reader.skip() }
      }
      return tag?.isEmpty == false ? tag : nil
    } catch { throw .unavailable("the store's answer was cut short") }
  }
}
