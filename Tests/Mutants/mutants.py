"""The mistakes: each a change of one place in the code that breaks a promise, and the test that has to see it.

A test is a script of Tests/Pipes, in the quick size, or `rooms SUITE`.
"""
import collections

Mutant = collections.namedtuple("Mutant", "name invariant file old new test")

FILES = "Sources/Common/Files/"
OBJECTS = "Sources/Common/Objects/"
RECORDS = "Sources/Common/Records/"
DELTAS = "Sources/Common/Deltas/"
PUBLISHING = "Sources/Common/Publishing/"
SERVING = "Sources/Common/Serving/"
TABLES = "Sources/Common/Tables/"
WATERMARKS = "Sources/Common/Watermarks/"

MUTANTS = [
    # Each stage needs the #end of the one before.
    Mutant(
        "#end is ignored", "3, 4", "Sources/Common/Lines/Batch.swift",
        "guard batch.receipts.isEmpty || ended else {",
        "guard batch.receipts.isEmpty || ended || lines > 0 else {",
        "20-truncated"),
    # What is durable, and when.
    Mutant(
        "files are renamed before they are synced", "1", FILES + "TemporaryFile.swift",
        "guard fsync(descriptor) == 0 else {", "guard descriptor >= 0 else {",
        "41-power"),
    Mutant(
        "the directory is not synced behind a rename", "2, 6", FILES + "TemporaryFile.swift",
        "    try home.sync()", "",
        "41-power"),
    Mutant(
        "the pointer of a faster pipe is handed on before it is durable", "2", PUBLISHING + "Publisher.swift",
        "    try destination.place.settle(Destination.current)\n    return .superseded", "    return .superseded",
        "rooms PublishingTests.FaultTests"),
    Mutant(
        "SQLite does not sync", "2", WATERMARKS + "SQLite/Database.swift",
        "PRAGMA synchronous=EXTRA", "PRAGMA synchronous=OFF",
        "41-power"),
    # The pointer is swapped from exactly what was read.
    Mutant(
        "If-Match is dropped on the swap", "3", PUBLISHING + "Swap.swift",
        "tag.map { .matches($0) } ?? .absent", "tag == nil ? .absent : .always",
        "31-between"),
    Mutant(
        "If-None-Match is dropped on the first publish", "3", PUBLISHING + "Swap.swift",
        "tag.map { .matches($0) } ?? .absent", "tag.map { .matches($0) } ?? .always",
        "31-between"),
    Mutant(
        "conditional writes take no lock", "3", OBJECTS + "Local/LocalWrite.swift",
        "let lock = condition == .always ? nil :", "let lock = condition != .always ? nil :",
        "rooms ObjectsTests.StoreTests"),
    Mutant(
        "a lost reply is taken for a lost race", "4", PUBLISHING + "Swap.swift",
        "now.pointer.contains(commit) {", "now.pointer.contains(commit), now.tag == tag {",
        "rooms PublishingTests.FaultTests"),
    # The base was read before the listing.
    Mutant(
        "the base is read late: whatever is current is followed", "3, 4", PUBLISHING + "Parent.swift",
        "current?.batch ?? 0 <= generation ? .follows : .superseded", ".follows",
        "31-between"),
    Mutant(
        "a later generation is taken for one's own", "4, 5", DELTAS + "Build.swift",
        "if let word = work.published(last.manifest.id), input.isAfter(word) {",
        "if last.state.generation < input.generation {",
        "31-between"),
    # The watermark is a maximum by generation.
    Mutant(
        "wm advance takes any generation", "2, 3", WATERMARKS + "Advance.swift",
        "if generation <= present.generation { return nil }", "if generation == present.generation { return nil }",
        "31-between"),
    Mutant(
        "wm advance reads before its transaction", "3", WATERMARKS + "SQLite/SQLiteStore.swift",
        """    try database.transaction { () throws(Failure) in
      let present = Present(watermark: try watermark(name), lastMove: try lastMove(name))
""",
        """    let present = Present(watermark: try watermark(name), lastMove: try lastMove(name))
    try database.transaction { () throws(Failure) in
""",
        "rooms WatermarksTests.SQLiteTests"),
    Mutant(
        "a lease is taken without a newer fence", "3", WATERMARKS + "Lease.swift",
        "max(last + 1, Int(now.seconds))", "max(last, Int(now.seconds))",
        "rooms WatermarksTests.LeaseTests"),
    Mutant(
        "fences begin again from 1", "3", WATERMARKS + "Lease.swift",
        "max(last + 1, Int(now.seconds))", "lease.map { $0.until.isAfter(time) ? last + 1 : 1 } ?? 1",
        "rooms WatermarksTests.LeaseTests"),
    # Every file that a generation names is there, and whole.
    Mutant(
        "live files are not published", "1", PUBLISHING + "Upload.swift",
        "if files.count > 1 { copy.live?.name = rename(files[1], \".live\") }", "",
        "30-kill"),
    Mutant(
        "what is sent is not compared with its checksum", "1", PUBLISHING + "Upload.swift",
        "if let damage = file.damage(of: transfer.file) { throw source.damaged(transfer.file, damage) }", "",
        "rooms PublishingTests.PublisherTests"),
    Mutant(
        "a copy of which its store gives no checksum is believed", "1", PUBLISHING + "Upload.swift",
        "sha256: file.sha256)\n      return isTold ? true : try isThere(key, file)",
        "sha256: file.sha256)\n      return isTold || true",
        "rooms PublishingTests.CopyTests"),
    Mutant(
        "the checksum that a store gives of its copy is not compared", "1", OBJECTS + "S3/S3Copy.swift",
        "guard said == Hex.decode(sha256).map(Base64.encode) else {", "guard !said.isEmpty else {",
        "rooms ObjectsTests.CopyTests"),
    Mutant(
        "a store is unfit that refuses one right write by mistake", "1", OBJECTS + "StoreProbe.swift",
        "for _ in 0..<4 {", "for _ in 0..<1 {",
        "rooms PublishingTests.ProbeTests"),
    Mutant(
        "files keep the number of the generation they were made on", "1", PUBLISHING + "Upload.swift",
        "var number = stamp", "var number = Int(file.name.prefix { $0 != \"-\" }) ?? stamp",
        "rooms PublishingTests.FaultTests"),
    Mutant(
        "the collector takes the files of writers in flight", "1", PUBLISHING + "Garbage.swift",
        "return number < current.generation.number && !needed", "return !needed",
        "rooms PublishingTests.FaultTests"),
    Mutant(
        "the collector keeps the current generation alone", "1", PUBLISHING + "Garbage.swift",
        "while kept.count <= keep, let parent", "while kept.count < 1, let parent",
        "rooms PublishingTests.PublisherTests"),
    Mutant(
        "index-check takes every segment for whole", "1", "Sources/Common/Segments/Checking/IndexVerify.swift",
        "if Hex.encode(SHA256.hash(file.bytes)) == expected { return [] }", "return []",
        "rooms SegmentsTests.ViewTests"),
    # Nothing is recorded that the index lacks.
    Mutant(
        "the tag of the listing is not held against what is read", "4", "Sources/Common/Reading/ObjectReading.swift",
        "opened = try store.open(key, tag: wanted.tag)", "opened = try store.open(key, tag: nil)",
        "rooms DeltasTests.SliceReadingTests"),
    Mutant(
        "an index that shrank is published", "4", PUBLISHING + "Draft.swift",
        "Double(documents) < Double(current) * (100 - maxShrink) / 100 {", "documents < 0, current > 0 {",
        "rooms PublishingTests.PublisherTests"),
    # What is there is looked at before anything is built on it; so is the lease.
    Mutant(
        "what is carried over is not looked at", "1", PUBLISHING + "Carried.swift",
        "func damaged() throws(Failure) -> [IndexFile] {",
        "func damaged() throws(Failure) -> [IndexFile] {\n    if files.count >= 0 { return [] }",
        "rooms PublishingTests.DamageTests"),
    Mutant(
        "an older fence publishes", "3", PUBLISHING + "Fences.swift",
        "func objection(to token: Token) -> String? {",
        "func objection(to token: Token) -> String? {\n    if token.fence >= 0 { return nil }",
        "rooms PublishingTests.FenceTests"),
    Mutant(
        "a batch is unchanged wherever the watermark stands", "5", PUBLISHING + "Unchanged.swift",
        "slice[\"after\"] == position", "slice[\"after\"] != \"\"",
        "rooms PublishingTests.PublisherTests"),
    # Nothing but our own is touched, and nothing of ours is left behind.
    Mutant(
        "links below a directory are followed", "3", FILES + "ByteNames.swift",
        "(followsLink ? 0 : O_NOFOLLOW)", "(followsLink ? 0 : O_NONBLOCK)",
        "37-places"),
    Mutant(
        "a signal leaves the temporary files", "8", FILES + "Unfinished.swift",
        "unlinkat(directories[place], names + place * length, 0)", "_ = place",
        "44-signals"),
    # No secret is said.
    Mutant(
        "keys in an address are repeated", "7", "Sources/Common/Console/Terminal.swift",
        "escaped(withoutKeys(text))", "escaped(text)",
        "45-secrets"),
    Mutant(
        "the secret key is sent", "7", OBJECTS + "S3/SigV4.swift",
        "Credential=\\(credentials.accessKey)", "Credential=\\(credentials.secret)",
        "45-secrets"),
    # Nothing grows without a bound.
    Mutant(
        "a server's answer is read to its end", "8", "Sources/Common/HTTP/HTTPBody.swift",
        "guard bytes.count <= limit else {", "guard bytes.count <= limit || limit >= 0 else {",
        "rooms HTTPTests.HTTPTests"),
    Mutant(
        "a program's output is read to its end", "8", OBJECTS + "Credentials/ChildOutput.swift",
        "guard bytes.count <= limit, now() < deadline else {", "guard now() < deadline else {",
        "rooms ObjectsTests.CredentialProcessTests"),
    Mutant(
        "what is compressed may expand to anything", "8", RECORDS + "Expansion.swift",
        "if output > Self.free, output", "if output > Self.mostOutput, output",
        "rooms RecordsTests"),
    # Shards that are fed, and what they go on from.
    Mutant(
        "lines that are lost on the way to a shard are not missed", "3, 4", "Sources/Common/Reading/Routing/EndedLines.swift",
        "guard count == number else {", "guard count >= 0 else {",
        "75-fed"),
    Mutant(
        "malformed records of objects that the last build had are forgotten", "4", DELTAS + "Incremental/SliceRuns.swift",
        "if badByRun[index] > 0 { try total.take", "if badByRun[index] > 0, opened[index] != nil { try total.take",
        "75-fed"),
    Mutant(
        "a file of a stored state is believed by its size", "1, 4", DELTAS + "Stored/FileFetching.swift",
        "guard sha256 == file.sha256 else", "guard sha256 != \"\" else",
        "rooms DeltasTests.StoredTests"),
    Mutant(
        "the build that the watermark stands at is removed from a store", "1", DELTAS + "Stored/StateCleaning.swift",
        "if id == last.id { kept.formUnion(try published(as: joined.generation)) }", "",
        "rooms DeltasTests.StoredTests"),
    Mutant(
        "a shard that is fed begins from nothing, and its driver is not told", "4", DELTAS + "Stored/StoredWork.swift",
        "guard isLost || error.exit == .configuration, !isFed else {", "guard isLost || error.exit == .configuration else {",
        "rooms DeltasTests.StoredTests"),
    # A table is what its log says.
    Mutant(
        "a file that is removed from a table is listed", "4", TABLES + "Files/Replay.swift",
        "reader.file.vector) { files.entries[index].isLive = false }", "reader.file.vector) { _ = index }",
        "rooms TablesTests.ReplayTests"),
    Mutant(
        "the paths of a log are not decoded", "4", TABLES + "Files/DataPath.swift",
        "guard let decoded = PercentEncoding.decode(rest) else {", "guard let decoded = Optional(Array(rest)) else {",
        "rooms TablesTests.DataPathTests"),
    Mutant(
        "two deletion vectors of one file of them are one", "4", TABLES + "Log/Action.swift",
        'offset.map { "\\(storage)\\(path)@\\($0)" } ?? storage + path', "storage + path",
        "rooms TablesTests.ReplayTests"),
    Mutant(
        "a gap in the versions is passed over", "4", TABLES + "Log/LogFiles.swift",
        "if commit.version != expected { return expected }", "expected = commit.version",
        "rooms TablesTests.TailTests"),
    Mutant(
        "what is compacted before it was seen is lost", "4", TABLES + "Files/Replay.swift",
        "file.isDataChange || commit.rearrangesNew", "file.isDataChange || commit.time == .min",
        "rooms TablesTests.TailTests"),
    Mutant(
        "a compaction is new data", "5", TABLES + "Files/Replay.swift",
        "file.isDataChange || commit.rearrangesNew", "commit.time > .min || file.isDataChange",
        "rooms TablesTests.TailTests"),
    Mutant(
        "features that are not known are read", "4", TABLES + "Log/TableState.swift",
        "for feature in features where !known.contains(feature) {", "for feature in features where known.isEmpty {",
        "rooms TablesTests.LogTests"),
    Mutant(
        "the last checkpoint's hint is believed", "6", TABLES + "Log/SnapshotReading.swift",
        "guard files.start > 0 else { break }", "guard files.start == .max else { break }",
        "rooms TablesTests.LogTests"),
    Mutant(
        "the checksum of a deletion vector is not looked at", "4", TABLES + "DeletedRows.swift",
        "guard number(4 + bytes) == CRC32.checksum(Array(bitmap)) else {", "guard number(4 + bytes) >= 0 else {",
        "rooms TablesTests.DeletionTests"),
    Mutant(
        "more or fewer rows are deleted than the log says", "4", TABLES + "Deletion/RoaringBitmap.swift",
        "guard bitmap.rows.count == count else {", "guard bitmap.rows.count <= count else {",
        "rooms TablesTests.DeletionTests"),
    # Targets: what they refuse, forget or never got is not taken for done, and no secret goes astray.
    Mutant(
        "a document that has to wait is forgotten", "4", SERVING + "Elastic/BulkAnswer.swift",
        "return .busy(reason())", "return .done",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "a bulk is believed to have no more documents than its answer", "4", SERVING + "Elastic/BulkAnswer.swift",
        "items.count == count else", "items.count <= count else",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "a later version of others hides ours", "4", SERVING + "Elastic/ElasticSending.swift",
        "let again = try busy + settled(conflicts)", "let again = busy",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "a page of ids that was lost is not missed", "4", SERVING + "Elastic/ElasticScroll.swift",
        "guard count == total else", "guard count <= total else",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "the state of another publisher is written over", "6", SERVING + "Elastic/ElasticTarget.swift",
        "guard try look().state == state else { throw overtaken }", "",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "credentials go to any server whose name begins alike", "7", SERVING + "Session/ServingCredentials.swift",
        "base.count == prefix.count ||", "base.count >= prefix.count ||",
        "rooms ServingTests.SessionTests"),
    Mutant(
        "a secret that a server repeats is shown", "7", SERVING + "Session/ServingMessages.swift",
        "for word in hidden where !word.isEmpty", "for word in hidden where word.isEmpty",
        "rooms ServingTests.SessionTests"),
    Mutant(
        "half of what Solr refused is forgotten", "4", SERVING + "Solr/SolrSending.swift",
        "return try send(halves.0) + send(halves.1)", "return try send(halves.0)",
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "what a killed publish sent to Solr is not among its ids", "4", SERVING + "Solr/SolrTarget.swift",
        "    try commitNow()\n    let (collection, key)", "    let (collection, key)",
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "a publisher that slept writes over another one's documents", "6", SERVING + "Solr/SolrTarget.swift",
        "expected.contains(place.state) ||", "true ||",
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "a new collection of Solr has the old one's state", "6", SERVING + "Solr/SolrPlace.swift",
        "static func property(of collection: String) -> String { prefix + collection }",
        'static func property(of collection: String) -> String { prefix + "any" }',
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "what somebody else has changed in Solr is written over", "6", SERVING + "Solr/SolrMinding.swift",
        "guard let wanted, wanted != found,", "guard let wanted, wanted > found,",
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "a document whose id is another one goes to Solr", "4", SERVING + "Solr/SolrDocument.swift",
        "return hasKey ? nil : .otherKey", "return nil",
        "rooms ServingTests.SolrTargetTests"),
    Mutant(
        "what was begun at a target before, and not ended, is forgotten", "5", SERVING + "Target/TargetState.swift",
        "begun.removeAll { $0 == next }", "begun.removeAll()",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "a target is compared with what it took alone", "5", SERVING + "Target/StateOpening.swift",
        "[state.taken] + state.begun", "[state.taken]",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "whoever was overtaken at a target says that its state is there", "4", SERVING + "Elastic/ElasticTarget.swift",
        "now.state != last, now.state != state {", "now.state != last, now.state == state {",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "a generation is there by its number alone", "4", SERVING + "Target/Standing.swift",
        'state.taken.fileName == location.description.split(separator: "/").last', "!state.taken.fileName.isEmpty",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "what is newer than a restored destination is another pipe's", "4", SERVING + "Target/TargetPublisher.swift",
        "newest < state.taken.generation", "newest < 0",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "a first base takes the place of whatever came before it", "4", SERVING + "Elastic/ElasticBeside.swift",
        "replaced != nil || !read.indexes.isEmpty", "replaced != nil",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "an index that is read by now is removed", "4", SERVING + "Elastic/ElasticBeside.swift",
        "where try !isRead(index)", "",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "a look shows readers half a publish", "4", SERVING + "Elastic/ElasticTarget.swift",
        "if !options.isLook { try refresh() }", "try refresh()",
        "rooms ServingTests.ElasticFaultTests"),
    Mutant(
        "who is overtaken by one that is at work says nothing", "4", SERVING + "Target/TargetState.swift",
        "begun.last != sent", "!begun.contains(sent)",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "ids are listed before others hear of it alone", "4", SERVING + "Target/TargetChange.swift",
        "try unknownIDs(to: plan.new, begun) } ?? []", "plan.unknown ?? [] } ?? []",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "versions go back with a new lineage", "5", SERVING + "Target/TargetStep.swift",
        "max(state.version + 1, next.generation)", "next.generation",
        "rooms ServingTests.TargetPublisherTests"),
    Mutant(
        "documents of others are deleted from a target", "4", SERVING + "Target/TargetChange.swift",
        "if state.shared { return [] }", "",
        "rooms ServingTests.TargetPublisherTests"),
    # The change as lines: its reader may have the whole or a part of whatever was printed.
    Mutant(
        "what was printed and did not move the watermark is forgotten", "5", PUBLISHING + "PrintedStates.swift",
        "Array(states[$0...])", "[states[$0]]",
        "34-change"),
    Mutant(
        "a change is written down when it was printed", "5", "Sources/index-publish/ChangeOutput.swift",
        "    let lock = isLook ? nil : try reader.begin(number)\n"
        "    try withExtendedLifetime(lock) { () throws(Failure) in\n"
        "      try print(change, generation: number, position: index.position)\n",
        "    try withExtendedLifetime(isLook) { () throws(Failure) in\n"
        "      try print(change, generation: number, position: index.position)\n"
        "      if !isLook { _ = try reader.begin(number) }\n",
        "34-change"),
    Mutant(
        "generations between are taken for not printed", "5", "Sources/index-publish/ReaderStates.swift",
        "states[...]).reversed()", "states[...]).suffix(1)",
        "34-change"),
    Mutant(
        "a document that moved to another group is deleted", "5", "Sources/Common/Changes/StateChange.swift",
        "if try !names.contains(id: before.walks[segment].id) {", "if try names.contains(id: []) == false {",
        "rooms ChangesTests.IndexChangeTests"),
    Mutant(
        "what a delta hides, or no longer hides, is not told", "5", "Sources/Common/Segments/Comparing/SharedSegments.swift",
        "where upper.layer > twin.layer {", "where upper.layer > twin.layer + 1 {",
        "rooms ChangesTests.IndexChangeTests"),
]
