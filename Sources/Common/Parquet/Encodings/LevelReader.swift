/// The repetition or the definition levels of a page.
struct LevelReader {
  private enum Form {
    /// The greatest level is 0, and none are written.
    case none
    case hybrid(HybridReader)
    case packed(PackedLevels)
  }

  private let greatest: UInt8
  private var form: Form

  /// Of a page of version 2.
  init(_ greatest: Int, _ bytes: UnsafeRawBufferPointer) {
    self.greatest = UInt8(clamping: greatest)
    form = greatest == 0 ? .none : .hybrid(HybridReader(bytes, width: Self.width(greatest)))
  }

  /// Of a page of version 1, from whose bytes it takes what is its own:
  ///
  ///     RLE           length, 4 bytes, little-endian | runs
  ///     BIT_PACKED    all levels, and as many bytes as that takes
  init(_ greatest: Int, _ encoding: Int, entries: Int, takingFrom bytes: inout UnsafeRawBufferPointer)
    throws(Damage)
  {
    guard greatest > 0 else {
      self.init(greatest, bytes.first(0))
      return
    }
    let width = Self.width(greatest)
    switch encoding {
    case Encoding.rle:
      guard bytes.count >= 4 else { throw Self.cut }
      let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
      guard size <= bytes.count - 4 else { throw Self.cut }
      self.init(greatest, bytes.rebased(from: 4).first(size))
      bytes = bytes.rebased(from: 4 + size)
    case Encoding.bitPacked:
      let size = (entries * width + 7) / 8
      guard size <= bytes.count else { throw Self.cut }
      self.init(greatest, bytes.first(0))
      form = .packed(PackedLevels(bytes.first(size), width: width))
      bytes = bytes.rebased(from: size)
    default: throw .unsupported("has levels of an unknown encoding, \(encoding)")
    }
  }

  /// Writes so many levels; gives how many of them are the greatest.
  mutating func read(_ count: Int, into target: UnsafeMutablePointer<UInt8>) throws(Damage) -> Int {
    switch form {
    case .none: return count
    case .hybrid(var reader):
      defer { form = .hybrid(reader) }
      return try read(count, from: &reader, into: target)
    case .packed(var levels):
      defer { form = .packed(levels) }
      levels.read(count, into: target)
      return try check(target, count)
    }
  }

  private func read(_ count: Int, from reader: inout HybridReader, into target: UnsafeMutablePointer<UInt8>)
    throws(Damage) -> Int
  {
    var done = 0
    var found = 0
    while done < count {
      let span: HybridReader.Span
      do { span = try reader.span(count - done) } catch { throw Self.cut }
      if let value = span.value {
        guard value <= greatest else { throw Self.tooGreat }
        (target + done).update(repeating: UInt8(truncatingIfNeeded: value), count: span.count)
        found += value == greatest ? span.count : 0
      } else if greatest == 1 {
        found += reader.unpackBits(span.count, into: target + done)
      } else {
        reader.unpack(span.count, into: target + done)
        found += try check(target + done, span.count)
      }
      done += span.count
    }
    return found
  }

  private func check(_ levels: UnsafeMutablePointer<UInt8>, _ count: Int) throws(Damage) -> Int {
    var most: UInt8 = 0
    var found = 0
    for i in 0..<count {
      most = max(most, levels[i])
      found &+= levels[i] == greatest ? 1 : 0
    }
    guard most <= greatest else { throw Self.tooGreat }
    return found
  }

  /// How many bits a level takes.
  private static func width(_ greatest: Int) -> Int { Int.bitWidth - greatest.leadingZeroBitCount }

  private static var cut: Damage { .damaged("has levels that are cut short") }
  private static var tooGreat: Damage { .damaged("has a level that is greater than its column's greatest") }
}

/// Levels as the oldest files have them: each in as few bits as do, the first in the highest bits of the first byte.
struct PackedLevels {
  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private var bit = 0

  /// There are bytes for all that will be asked for.
  init(_ bytes: UnsafeRawBufferPointer, width: Int) {
    self.bytes = bytes
    self.width = width
  }

  mutating func read(_ count: Int, into target: UnsafeMutablePointer<UInt8>) {
    for i in 0..<count {
      var level: UInt8 = 0
      for _ in 0..<width {
        let byte = bit >> 3 < bytes.count ? bytes[bit >> 3] : 0
        level = level << 1 | byte >> UInt8(7 - (bit & 7)) & 1
        bit += 1
      }
      target[i] = level
    }
  }
}
