internal import Failures
internal import JSON

/// What became of one document of a bulk.
enum BulkVerdict: Equatable {
  /// It is as it should be: put, deleted, or was not there to be deleted.
  case done
  /// Not now: it is sent again.
  case busy(String)
  /// There is a later version of it.
  case conflict
  /// Never: for what the document is.
  case refused(String)
  /// Never, whatever the document is.
  case failed(Exit, String)
}

/// What `_bulk` answers, with 200 whatever became of the documents, which are told by their places:
///
///     {"errors":true,"items":[{"index":{"status":201}},{"delete":{"status":404}},
///       {"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"...","caused_by":{...}}}}]}
///
/// | status of one | |
/// |---|---|
/// | 2xx, 404 of a delete | done |
/// | 409 | a later version is there |
/// | 408, 429, 502, 503, 504 | busy |
/// | 401, 403 | denied: 77 |
/// | 404 of a document | its index is gone: 66 |
/// | other 5xx | 69 |
/// | others | refused |
enum BulkAnswer {
  /// What of it is asked for.
  static let filter =
    "filter_path=items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by"

  /// Nil where it is none of so many documents.
  static func verdicts(_ answer: ServingAnswer, count: Int) -> [BulkVerdict]? {
    guard let items = answer.json?["items"]?.array, items.count == count else { return nil }
    var verdicts: [BulkVerdict] = []
    verdicts.reserveCapacity(count)
    for item in items {
      guard let action = item.members?.first, let status = action.value["status"]?.integer else { return nil }
      verdicts.append(verdict(status, isDelete: action.key == "delete", action.value["error"], answer))
    }
    return verdicts
  }

  private static func verdict(_ status: Int, isDelete: Bool, _ error: JSONValue?, _ answer: ServingAnswer)
    -> BulkVerdict
  {
    let reason = { error.map { answer.reason(of: $0) } ?? "status \(status)" }
    switch status {
    case 200...299: return .done
    case 404 where isDelete && error == nil: return .done
    case 409: return .conflict
    case 408, 429, 502, 503, 504: return .busy(reason())
    case 401, 403: return .failed(.permission, "access denied (\(reason()))")
    case 404: return .failed(.noInput, reason())
    case 500...599: return .failed(.unavailable, reason())
    default: return .refused(reason())
    }
  }
}
