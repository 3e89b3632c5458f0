internal import Lines
internal import Bytes
internal import Segments

extension WorkDirectory {
  /// The `#index` line of an index that lies here.
  func receipt(of manifest: IndexManifest, touched: Int, bad: Int, late: Int?, format: String) -> Receipt {
    manifest.receipt(touched: touched, bad: bad, late: late, format: format, at: location(of: manifest.id))
  }

  func location(of id: String) -> Location { .local(path: Array(path(of: id).utf8)) }
}

extension IndexManifest {
  /// The `#index` line of the index, whose description is at that place.
  func receipt(touched: Int, bad: Int, late: Int?, format: String, at location: Location) -> Receipt {
    var receipt = Receipt("index")
    receipt.append("id", id)
    receipt.append("to", position)
    receipt.append("documents", documents)
    receipt.append("tombstones", tombstones)
    receipt.append("groups", groups)
    receipt.append("touched", touched)
    receipt.append("segments", segments.count)
    receipt.append("bytes", segments.reduce(0) { $0 &+ $1.bytes &+ ($1.live?.bytes ?? 0) })
    receipt.append("bad", bad)
    if let late { receipt.append("late", late) }
    if !format.isEmpty { receipt.append("reading", format) }
    if let shard { receipt.append("shard", shard) }
    receipt.append("location", location)
    return receipt
  }
}
