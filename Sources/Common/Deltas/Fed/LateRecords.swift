internal import Failures
internal import Reading
internal import Runs
internal import Segments

/// Records of an object that the last build had: those of documents of which the shard got its first record elsewhere. They go
/// to a run of their own behind the object's first one, so that a few of them don't make all of it anew.
///
/// That is as good as among the others, by their lines, where no order between the two says anything:
/// - the object deletes no group;
/// - no document has records in both;
/// - the late ones are of groups of other shards, so that no value of a group is folded from them here.
///
/// Where one of these isn't so, all become one run.
struct LateRecords {
  let first: Run
  let late: Run
  let shard: Shard

  var canStandBehind: Bool {
    var ids = Hashes()
    var isForeign = true
    for part in late.parts {
      part.forEach { _, record in
        if RoutedLine.shards(of: record, count: shard.count) == .one(shard.number) { isForeign = false }
        if let id = record.id { ids.insert(KeyHash.hash(.id, id)) } else { isForeign = false }
      }
    }
    ids.seal()
    return isForeign && areApart(ids)
  }

  private func areApart(_ ids: borrowing Hashes) -> Bool {
    for part in first.parts {
      for mention in part.mentions
      where mention.kind == .groupDelete || mention.kind == .id && ids.contains(mention.hash) {
        return false
      }
    }
    return true
  }
}
