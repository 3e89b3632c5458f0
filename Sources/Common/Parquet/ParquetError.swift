package import Failures

/// Why a Parquet file can't be read, or not to its end.
package enum ParquetError: Error, Equatable, Sendable {
  /// It says of itself what can't be: cut short, a wrong checksum, levels that don't fit, not Parquet at all.
  case damaged(String)
  /// It is, as far as is known, whole, and of a kind that is not read: encrypted, of a codec or a type that is unknown.
  case unsupported(String)
  /// The bytes themselves could not be had.
  case source(Failure)
}
