internal import JSON

extension JSONText {
  /// Appends the value at that place among those of a column, which are as the kind's physical type is; gives why it can't
  /// be where it can't be. `depth` is how many levels of JSON are open around it.
  @inline(__always)
  mutating func append(
    _ kind: ValueKind, _ values: UnsafeRawPointer, _ index: Int, depth: Int
  ) -> String? {
    switch kind {
    case .boolean: append(values.value(index, as: UInt8.self) != 0 ? "true" : "false")
    case .int32: append(Int64(values.value(index, as: Int32.self)))
    case .uint32: append(UInt64(values.value(index, as: UInt32.self)))
    case .int64: append(values.value(index, as: Int64.self))
    case .uint64: append(values.value(index, as: UInt64.self))
    case .float: append(values.value(index, as: Float.self))
    case .double: append(values.value(index, as: Double.self))
    case .decimal32(let scale):
      append(decimal: WideInteger(Int64(values.value(index, as: Int32.self))), scale: Int(scale))
    case .decimal64(let scale):
      append(decimal: WideInteger(values.value(index, as: Int64.self)), scale: Int(scale))
    case .date: append(date: values.value(index, as: Int32.self))
    case .shortTime:
      return append(time: Int64(values.value(index, as: Int32.self)), .milliseconds)
    case .time(let unit): return append(time: values.value(index, as: Int64.self), unit)
    case .timestamp(let unit, let isUTC):
      append(timestamp: values.value(index, as: Int64.self), unit, isUTC: isUTC)
    case .int96:
      let time = values.value(index, as: Int96.self).time
      append(seconds: time.seconds, nanosecond: time.nanosecond, isUTC: true)
    case .null: return "a value in a column of nulls"
    case .text: append(quotingPlain: values.value(index, as: ByteView.self).bytes)
    case .float16, .decimal, .uuid, .interval, .json, .binary:
      return append(kind, values.value(index, as: ByteView.self).bytes, depth: depth)
    }
    return nil
  }

  private mutating func append(_ kind: ValueKind, _ bytes: UnsafeRawBufferPointer, depth: Int) -> String? {
    switch kind {
    case .float16: append(floating: Float16(bitPattern: bytes.uint16))
    case .decimal(let scale):
      guard let number = WideInteger(bytes) else { return "a decimal has no bytes, or too many" }
      append(decimal: number, scale: Int(scale))
    case .uuid: append(uuid: bytes)
    case .interval: append(interval: bytes)
    case .json: append(document: bytes, maxDepth: JSONScanner.deepest - depth)
    default: append(binary: bytes)
    }
    return nil
  }
}

extension UnsafeRawPointer {
  @inline(__always)
  func value<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Value {
    assumingMemoryBound(to: type)[index]
  }
}
