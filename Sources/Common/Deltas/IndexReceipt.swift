internal import Lines
internal import Bytes
internal import Segments

extension WorkDirectory {
  /// The `#index` line of an index that lies here.
  func receipt(of manifest: IndexManifest, touched: Int, bad: Int, late: Int?, format: String) -> Receipt {
    var receipt = Receipt("index")
    receipt.append("id", manifest.id)
    receipt.append("to", manifest.position)
    receipt.append("documents", manifest.documents)
    receipt.append("tombstones", manifest.tombstones)
    receipt.append("groups", manifest.groups)
    receipt.append("touched", touched)
    receipt.append("segments", manifest.segments.count)
    receipt.append("bytes", manifest.segments.reduce(0) { $0 &+ $1.bytes &+ ($1.live?.bytes ?? 0) })
    receipt.append("bad", bad)
    if let late { receipt.append("late", late) }
    if !format.isEmpty { receipt.append("reading", format) }
    if let shard = manifest.shard { receipt.append("shard", shard) }
    receipt.append("location", Location.local(path: Array(path(of: manifest.id).utf8)))
    return receipt
  }
}
