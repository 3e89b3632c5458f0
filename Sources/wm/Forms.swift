internal import Bytes
internal import JSON
internal import Partitions
internal import Watermarks

// Watermarks and moves as lines. As text, TAB-separated:
//
//     wm ls    ads <TAB> 2026-05-04T10:05:00Z@812 <TAB> 2026-05-04T10:11:05Z <TAB> freshet@host
//              name      position                       last moved at              by; with --stale: idle, or stalled
//     wm log   2026-05-04T10:11:05Z <TAB> advance <TAB> ...10:00:00Z@811 <TAB> ...10:05:00Z@812 <TAB> freshet@host
//              at                         action        from, or -             to, or -               by
//
// and then, in the log, key=value fields for what is known; listed to advanced are seconds after the partition's end.

extension Watermark {
  /// With `recently`, whether nothing was to be done then (idle), or nobody knows of it (stalled).
  func text(idle recently: Recently?) -> String {
    let text = "\(name)\t\(standing)\t\(at)\t\(PercentEncoding.encodeForLine(who))"
    return text + (recently.map { isIdle($0) ? "\tidle" : "\tstalled" } ?? "")
  }

  func isIdle(_ recently: Recently) -> Bool { idle.map(recently.contains) ?? false }

  var json: JSONValue {
    .members([
      ("name", .string(name.text)), ("position", .string(position.description)),
      ("generation", .number(generation)), ("lineage", .init(lineage)), ("slice", .init(slice)),
      ("fence", .init(fence)), ("who", .string(who)), ("at", .string(at.description)),
      ("idle", .init(idle?.description)),
    ])
  }
}

extension Move {
  var text: String {
    let ends = [from, to].map { $0?.description ?? "-" }.joined(separator: "\t")
    let start = "\(signature.at)\t\(action)\t\(ends)\t\(PercentEncoding.encodeForLine(signature.who))"
    return fields.reduce(start) { line, field in
      guard let value = field.value.plain else { return line }
      return line + "\t\(field.key)=\(PercentEncoding.encodeForLine(value))"
    }
  }

  func json(_ name: WatermarkName) -> JSONValue {
    .members(
      [
        ("sequence", .number(sequence)), ("undoes", .init(undoes)), ("name", .string(name.text)),
        ("at", .string(signature.at.description)), ("action", .string(action.rawValue)),
        ("from", .init(from?.description)), ("to", .init(to?.description)), ("who", .string(signature.who)),
      ] + fields)
  }

  private var fields: [(key: String, value: JSONValue)] {
    func age(_ time: Instant?) -> JSONValue {
      .init(batch.partitionEnd.flatMap { end in time.map { Int($0 - end) } })
    }
    let advanced = action == .advance ? signature.at : nil
    return [
      ("policy", .init(batch.policy)), ("objects", .init(batch.objects)), ("skipped", .init(batch.skipped)),
      ("gap", .init(batch.gap)), ("late", .init(batch.late)),
      ("listed", age(batch.listed)), ("picked", age(batch.picked)), ("built", age(batch.built)),
      ("published", age(batch.published)), ("advanced", age(advanced)),
      ("slice", .init(batch.slice)), ("index", .init(batch.index)), ("lineage", .init(lineage)),
      ("fence", .init(fence)), ("why", .init(signature.why)),
    ]
  }
}

extension JSONValue {
  fileprivate init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  fileprivate init(_ number: Int?) { self = number.map { .number($0) } ?? .null }

  /// An object of what is not null.
  fileprivate static func members(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
    .object(members.filter { $0.value != .null }.map { .init($0.key, $0.value) })
  }

  fileprivate var plain: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }
}
