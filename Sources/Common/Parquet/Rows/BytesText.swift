internal import Bytes
internal import JSON

// Byte arrays as JSON.

extension JSONText {
  /// `8-4-4-4-12` digits, from 16 bytes.
  mutating func append(uuid bytes: UnsafeRawBufferPointer) {
    var pen = Pen(room(for: 2 * bytes.count + 6))
    pen.put(UInt8(ascii: "\""))
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { pen.put(UInt8(ascii: "-")) }
      pen.put(hexadecimal: byte >> 4)
      pen.put(hexadecimal: byte & 15)
    }
    pen.put(UInt8(ascii: "\""))
    advance(by: pen.written)
  }

  /// `{"months":1,"days":2,"milliseconds":3}`, from three numbers of four bytes each.
  mutating func append(interval bytes: UnsafeRawBufferPointer) {
    let names: [StaticString] = ["{\"months\":", ",\"days\":", ",\"milliseconds\":"]
    for (index, name) in names.enumerated() {
      append(name)
      append(UInt64(bytes.uint32(at: 4 * index)))
    }
    append(UInt8(ascii: "}"))
  }

  /// A string where the bytes are UTF-8, else their base64.
  mutating func append(binary bytes: UnsafeRawBufferPointer) {
    if bytes.isUTF8 { append(quotingPlain: bytes) } else { append(base64: bytes) }
  }

  private mutating func append(base64 bytes: UnsafeRawBufferPointer) {
    let length = Base64.length(of: bytes.count)
    append(UInt8(ascii: "\""))
    Base64.write(bytes, to: room(for: length).assumingMemoryBound(to: UInt8.self))
    advance(by: length)
    append(UInt8(ascii: "\""))
  }

  /// The document itself as canonical JSON where it is one of at most `maxDepth` levels, else a string.
  mutating func append(document bytes: UnsafeRawBufferPointer, maxDepth: Int) {
    let before = count
    var scanner = JSONScanner(bytes, maxDepth: maxDepth)
    do throws(JSONError) {
      try scanner.copyValue(to: &self)
      if try scanner.next() == .end { return }
    } catch {}
    truncate(to: before)
    append(quotingPlain: bytes)
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var isUTF8: Bool {
    let bytes = bindMemory(to: UInt8.self)
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return true
    } catch {
      return false
    }
  }

  /// The first two bytes, the least significant first; 0 where they aren't there.
  var uint16: UInt16 { count < 2 ? 0 : UInt16(littleEndian: loadUnaligned(as: UInt16.self)) }

  /// Four bytes, the least significant first; 0 where they aren't there.
  fileprivate func uint32(at offset: Int) -> UInt32 {
    guard offset + 4 <= count else { return 0 }
    return UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

extension Pen {
  fileprivate mutating func put(hexadecimal nibble: UInt8) {
    put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
  }
}
