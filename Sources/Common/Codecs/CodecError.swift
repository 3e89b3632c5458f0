/// Why compressed bytes don't become what they should.
package enum CodecError: Error, Equatable, Sendable {
  /// They don't decompress, or not to as many bytes as were said.
  case damaged
  /// No memory for them, or none that it would be sensible to ask for.
  case tooLarge
  /// Nothing here reads it; why, as a clause: "LZO is not read".
  case unsupported(String)
}
