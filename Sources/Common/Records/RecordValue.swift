/// What one member of a record says of one field.
package enum RecordValue {
  /// The record does not have the member.
  case absent
  /// The member is null.
  case null
  /// Of a number field. Finite; never -0.
  case number(Double)
  /// Of any other field, as canonical JSON: no space outside strings, strings with the fewest escapes, members in
  /// their order. Text and keyword: a string, or a flat array of strings (numbers and booleans became strings).
  /// Valid until the next record is read.
  case json(UnsafeRawBufferPointer)
}
