import Failures
import Testing

@testable import Serving

/// What is an address of a target, and what is not. Not tested: whether anybody answers there.
@Suite struct TargetAddressTests {
  @Test(arguments: [
    ("solr+http://h/solr/ads", "http://h/solr", "ads"),
    ("solr+https://h:8983/solr/ads", "https://h:8983/solr", "ads"),
    ("solr+http://h/a/b/Ads_1.x-2", "http://h/a/b", "Ads_1.x-2"),
    ("solr+http://h/solr/ads/", "http://h/solr", "ads"),
    ("SOLR+HTTP://h/solr/ads", "http://h/solr", "ads"),
    ("solr+http://[::1]:8983/solr/ads", "http://[::1]:8983/solr", "ads"),
    ("elasticsearch+http://h:9200/ads", "http://h:9200", "ads"),
    ("elasticsearch+https://h/es/ads", "https://h/es", "ads"),
    ("opensearch+https://search.example.com/ads", "https://search.example.com", "ads"),
    ("opensearch+http://127.0.0.1:9200/pub%C3%A9s", "http://127.0.0.1:9200", "pubés"),
    ("elasticsearch+http://h/%61ds", "http://h", "ads"),
  ])
  func `An address is a server and a name`(text: String, base: String, name: String) throws {
    let address = try #require(try TargetAddress(text))
    #expect(address.base == base)
    #expect(address.name == name)
    #expect(try TargetAddress(address.text) == address)
  }

  @Test(arguments: [
    "ads", "-", "/var/ads", "s3://b/index", "http://h/solr/ads", "solrx+http://h/solr/ads", "./solr+http/x",
    "",
    "a/solr+http://h/solr/ads",
  ])
  func `Any other argument is none`(text: String) throws {
    #expect(try TargetAddress(text) == nil)
  }

  @Test(arguments: [
    "solr://h/solr/ads", "solr+ftp://h/solr/ads", "solr+://h/solr/ads", "solr+http:///solr/ads",
    "solr+http://h",
    "solr+http://h/", "solr+http://h/solr", "solr+http://h/solr/", "solr+http://h/ads",
    "solr+http://h/solr/a%20b",
    "solr+http://h/solr/a,b", "solr+http://h/solr/-ads", "solr+http://h/solr/..", "solr+http://h/../ads",
    "solr+http://h/solr/%2e%2e", "solr+http://h/solr/ads?x=1", "solr+http://h/solr/ads#x",
    "solr+http://h:x/solr/ads",
    "solr+http://h:99999/solr/ads", "solr+http://h /solr/ads", "solr+http://h/solr/ads\n",
    "solr+http://[::1/solr/ads",
    "elasticsearch+http://h", "elasticsearch+http://h/", "elasticsearch+http://h/_all",
    "elasticsearch+http://h/-ads",
    "elasticsearch+http://h/+ads", "elasticsearch+http://h/ads*", "elasticsearch+http://h/a,b",
    "elasticsearch+http://h/a%2Cb", "elasticsearch+http://h/a%2Fb", "elasticsearch+http://h/%",
    "elasticsearch+http://h/%C3", "elasticsearch+http://h/%00", "elasticsearch+http://h/<ads-{now}>",
    "elasticsearch+http://h/.", "opensearch+http://h/a%22",
  ])
  func `A bad address is refused as such`(text: String) {
    let failure = #expect(throws: Failure.self) { try TargetAddress(text) }
    #expect(failure?.exit == .usage)
  }

  @Test(arguments: [
    "solr+http://me:canary@h/solr/ads", "elasticsearch+https://canary@h/ads",
    "opensearch+http://a:can/ary@h/ads",
  ])
  func `Credentials in an address are refused, and not repeated`(text: String) {
    let failure = #expect(throws: Failure.self) { try TargetAddress(text) }
    #expect(failure?.exit == .usage)
    #expect(failure?.message.contains("can") == failure?.message.contains("cannot use"))
    #expect(failure?.message.contains("ary") == false)
    #expect(failure?.message.contains("--credentials") == true)
  }
}
