/// A number of bytes as people write it: `512M`, `2G`, `65536K`, or the bare number; 1024 of each make one of the next.
package struct ByteSize {
  package let bytes: Int

  package init?(_ text: String) {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    let shift = text.last.flatMap { shifts[Character($0.uppercased())] } ?? 0
    let digits = shift > 0 ? text.dropLast() : text[...]
    guard let number = Int(digits), number >= 0, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    if overflow { return nil }
    self.bytes = bytes
  }
}
