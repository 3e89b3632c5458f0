internal import Bytes
package import Partitions

/// Writes object lines, with their newlines, one after the other.
package struct ObjectLineText {
  private var time = InstantText()
  private var modified = InstantText()

  /// What a line says, where it stands: nothing is copied before the line is written.
  package struct Fields {
    package let time: Instant
    package let modified: Instant
    package let bytes: Int64
    package let tag: UnsafeBufferPointer<UInt8>
    /// What all locations begin with, as the line has it, up to a `/`.
    package let root: [UInt8]
    package let path: UnsafeBufferPointer<UInt8>

    package init(
      time: Instant, modified: Instant, bytes: Int64, tag: UnsafeBufferPointer<UInt8>, root: [UInt8],
      path: UnsafeBufferPointer<UInt8>
    ) {
      self.time = time
      self.modified = modified
      self.bytes = bytes
      self.tag = tag
      self.root = root
      self.path = path
    }
  }

  package init() {}

  package mutating func append(_ line: Fields, to text: inout [UInt8]) {
    time.append(line.time, to: &text)
    text.append(UInt8(ascii: "\t"))
    modified.append(line.modified, to: &text)
    text.append(UInt8(ascii: "\t"))
    text.append(decimal: line.bytes)
    text.append(UInt8(ascii: "\t"))
    text.append(encoded: line.tag)
    text.append(UInt8(ascii: "\t"))
    text.append(contentsOf: line.root)
    text.append(encoded: line.path)
    text.append(UInt8(ascii: "\n"))
  }

  package mutating func append(_ line: ObjectLine, to text: inout [UInt8]) {
    var tag = line.tag
    tag.withUTF8 { tag in
      func append(_ path: [UInt8], below root: [UInt8]) {
        path.withUnsafeBufferPointer { path in
          self.append(
            Fields(
              time: line.time, modified: line.modified, bytes: line.bytes, tag: tag, root: root, path: path),
            to: &text)
        }
      }
      switch line.location {
      case .local(let path): append(path, below: [])
      case .s3(let bucket, let key): append(key, below: Array("s3://\(bucket)/".utf8))
      }
    }
  }
}
