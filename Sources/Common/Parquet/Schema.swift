// The schema of a Parquet file: a tree whose leaves are its columns (parquet-format, README.md and LogicalTypes.md).

/// How a value is stored.
package enum PhysicalType: Int, Sendable {
  case boolean = 0
  case int32, int64, int96, float, double, byteArray, fixedLengthByteArray
}

/// How much of a second one step of a time is.
package enum TimeUnit: Sendable { case milliseconds, microseconds, nanoseconds }

/// What a stored value means. Old files say it as a ConvertedType, newer ones as a LogicalType, which goes first.
package enum LogicalType: Equatable, Sendable {
  case string, `enum`, json, bson, uuid, float16
  case integer(bits: Int, isSigned: Bool)
  case decimal(precision: Int, scale: Int)
  case date
  case time(TimeUnit, isUTC: Bool)
  case timestamp(TimeUnit, isUTC: Bool)
  case interval
  case list, map
  /// Always null.
  case unknown
  /// One that is not read, by its name: VARIANT, GEOMETRY, GEOGRAPHY, or what a later version of the format adds.
  case other(String)
}

package enum Repetition: Int, Sendable {
  case required = 0
  case optional, repeated
}

/// A column of the file.
package struct Leaf: Sendable {
  /// Its place among the columns of a row group.
  package let index: Int
  /// The names from the root down.
  package let path: [String]
  package let physical: PhysicalType
  /// Of a `fixedLengthByteArray`, in bytes; else 0.
  package let length: Int
  package let logical: LogicalType?
  /// How many nodes of the path, itself among them, are optional or repeated, and how many are repeated. At most 255.
  package let maxDefinition: Int
  package let maxRepetition: Int
}

/// A node of the schema.
package struct Node: Sendable {
  package enum Content: Sendable {
    case leaf(Leaf)
    case group([Node])
  }

  package let name: String
  package let repetition: Repetition
  package let logical: LogicalType?
  /// Its own, counted as a leaf's are.
  package let maxDefinition: Int
  package let maxRepetition: Int
  package let content: Content
}

package struct Schema: Sendable {
  /// The nodes below the root: the members of a row.
  package let nodes: [Node]
  /// All columns, in the file's order.
  package let leaves: [Leaf]
}
