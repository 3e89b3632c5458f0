internal import Bytes
internal import HTTP

/// The uploads of a bucket that have begun and not ended:
///
///     <ListMultipartUploadsResult>
///       <IsTruncated>true</IsTruncated> <EncodingType>url</EncodingType>
///       <NextKeyMarker/> <NextUploadIdMarker/>
///       <Upload> <Key/> <UploadId/> <Initiated/> </Upload> ...
///     </ListMultipartUploadsResult>
///
/// It is not asked for encoded keys: Ceph gives them then, and does not say that it has.
struct S3Uploads {
  let bucket: S3Bucket
  let retries: Retries

  func list(below prefix: Key) throws(StoreError) -> [UnfinishedWrite] {
    var found: [UnfinishedWrite] = []
    var markers: Page.Markers?
    var seen: Set<Page.Markers> = []
    repeat {
      var query: [(name: String, value: [UInt8])] = [
        ("uploads", []), ("prefix", prefix.bytes),
        ("max-uploads", Array("1000".utf8)),
      ]
      if let markers {
        query.append(("key-marker", markers.key.bytes))
        query.append(("upload-id-marker", Array(markers.id.utf8)))
      }
      let request = S3Bucket.Request(method: "GET", query: query)
      let body = try retries.run { () throws(StoreError) in
        let body = try bucket.send(request).body.whole(limit: 8 << 20)
        try S3Answer.check(body)
        return body
      }
      let page = try Page(body)
      // Some stores list what was not asked for.
      found += page.uploads.filter { $0.key.bytes.starts(with: prefix.bytes) }
      guard page.next.map({ seen.insert($0).inserted }) ?? true else {
        throw .invalid("the store says that the listing goes on, but not where")
      }
      markers = page.next
    } while markers != nil
    return found
  }

  /// One that is not there is as good as abandoned.
  func abandon(_ key: Key, _ id: String) throws(StoreError) {
    let delete = S3Bucket.Request(method: "DELETE", key: key, query: [("uploadId", Array(id.utf8))])
    do throws(StoreError) {
      _ = try retries.run { () throws(StoreError) in try bucket.send(delete) }
    } catch { if error != .notFound(.object) { throw error } }
  }

  struct Page {
    struct Markers: Hashable {
      var key: Key
      var id: String
    }

    private(set) var uploads: [UnfinishedWrite] = []
    /// Where the next page begins; nil on the last.
    private(set) var next: Markers?

    init(_ body: [UInt8]) throws(StoreError) {
      var reader = try XMLReader(body, root: "ListMultipartUploadsResult")
      var (isTruncated, isEncoded) = (false, false)
      var (keyMarker, idMarker): (String?, String?)
      var found: [(key: String, id: String, begun: Int64)] = []
      while let name = try reader.child() {
        switch name {
        case "IsTruncated": isTruncated = try reader.text() == "true"
        case "EncodingType": isEncoded = try reader.text() == "url"
        case "NextKeyMarker": keyMarker = try reader.text()
        case "NextUploadIdMarker": idMarker = try reader.text()
        case "Upload": found.append(try Self.upload(&reader))
        default: try reader.skip()
        }
      }
      for upload in found {
        uploads.append(
          UnfinishedWrite(key: try Self.key(upload.key, isEncoded), id: upload.id, begun: upload.begun))
      }
      guard isTruncated else { return }
      guard let keyMarker, let idMarker else {
        throw .invalid("the store says that the listing goes on, but not where")
      }
      next = Markers(key: try Self.key(keyMarker, isEncoded), id: idMarker)
    }

    private static func upload(
      _ reader: inout XMLReader
    ) throws(StoreError) -> (key: String, id: String, begun: Int64) {
      var (key, id, begun): (String?, String?, Int64?)
      while let name = try reader.child() {
        switch name {
        case "Key": key = try reader.text()
        case "UploadId": id = try reader.text()
        case "Initiated": begun = AWSTime.parseISO(try reader.text())
        default: try reader.skip()
        }
      }
      guard let key, let id, let begun else {
        throw .invalid("the store lists an upload without its key, name or time")
      }
      return (key, id, begun)
    }

    private static func key(_ text: String, _ isEncoded: Bool) throws(StoreError) -> Key {
      guard isEncoded else { return Key(text) }
      guard let bytes = PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 })) else {
        throw .invalid("the store lists a key that is not encoded well")
      }
      return Key(bytes)
    }
  }
}
