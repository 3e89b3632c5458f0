internal import Lines
internal import Bytes
internal import Segments

extension WorkDirectory {
  /// The `#index` line of an index that lies here.
  func receipt(of manifest: IndexManifest, _ head: StateHead) -> Receipt {
    manifest.receipt(head, at: location(of: manifest.id))
  }

  func location(of id: String) -> Location { .local(path: Array(path(of: id).utf8)) }
}

extension IndexManifest {
  /// The `#index` line of the index, whose description is at that place.
  func receipt(_ head: StateHead, at location: Location) -> Receipt {
    var receipt = Receipt("index")
    receipt.append("id", id)
    receipt.append("to", position)
    receipt.append("documents", documents)
    receipt.append("tombstones", tombstones)
    receipt.append("groups", groups)
    receipt.append("touched", head.touched)
    receipt.append("segments", segments.count)
    receipt.append("bytes", segments.reduce(0) { $0 &+ $1.bytes &+ ($1.live?.bytes ?? 0) })
    receipt.append("bad", head.bad)
    if let late = head.late { receipt.append("late", late) }
    if !head.format.isEmpty { receipt.append("reading", head.format) }
    if let shard { receipt.append("shard", shard) }
    receipt.append("location", location)
    return receipt
  }
}
