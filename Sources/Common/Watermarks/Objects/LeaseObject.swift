internal import Bytes
internal import Failures
internal import JSON

// leases/NAME.json: who has the lease, or had it last; never deleted, since its fence must not begin again.
//
//     {"format":1,"name":"ads","writers":"many","fence":1763772000,"holder":"freshet@host:71",
//      "taken":"2026-05-04T10:00:00Z","until":1777888920000,"commit":"<32 hex>"}
//     {"checksum":"<64 hex>"}
//
// `until` is milliseconds since 1970 by the store's clock. `commit` is drawn at random for each change.
struct LeaseObject: SwappedObject {
  static let remedy =
    "put back an older version of it; or delete it, and the next to take the lease makes it anew"

  let lease: Lease
  let writers: Writers
  let commit: String

  init(_ lease: Lease, _ writers: Writers) {
    (self.lease, self.writers, commit) = (lease, writers, RandomID.draw())
  }

  var bytes: [UInt8] {
    SealedLines.bytes([
      .members([
        ("format", .number(SealedLines.format)), ("name", .string(lease.name.text)),
        ("writers", .string(writers.rawValue)), ("fence", .number(lease.fence)),
        ("holder", .string(lease.holder)), ("taken", .text(lease.taken)),
        ("until", .number(lease.until.milliseconds)), ("commit", .string(commit)),
      ])
    ])
  }

  init(_ lines: SealedLines) throws(Failure) {
    let fields = try lines.first
    lease = Lease(
      name: try fields.name("name", of: ObjectPlace.lease),
      fence: try fields.needed("fence", try fields.count("fence")),
      holder: try fields.needed("holder", try fields.text("holder")),
      taken: try fields.needed("taken", try fields.instant("taken")),
      until: StoreTime(milliseconds: Int64(try fields.needed("until", try fields.count("until")))))
    writers = try fields.writers()
    commit = try fields.id("commit")
  }
}
