internal import Failures

/// The name of one of AWS's regions, which becomes a part of host names: letters in lower case, digits and `-`.
struct Region: Equatable, Sendable {
  let name: String

  init(_ name: String) throws(Failure) {
    let isPlain = (1...63).contains(name.utf8.count) && name.utf8.allSatisfy(Self.isHostByte)
    guard isPlain, name.utf8.first != UInt8(ascii: "-"), name.utf8.last != UInt8(ascii: "-") else {
      throw Failure(.configuration, "AWS_REGION is not the name of a region")
    }
    self.name = name
  }

  /// What follows `s3.` and `sts.` in a host's name. The domains are those of botocore's partitions.json.
  var domain: String {
    let domains = [
      "cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu", "us-iso-": "c2s.ic.gov",
      "us-isob-": "sc2s.sgov.gov",
      "eu-isoe-": "cloud.adc-e.uk", "us-isof-": "csp.hci.ic.gov",
    ]
    return name + "." + (domains.first { name.hasPrefix($0.key) }?.value ?? "amazonaws.com")
  }

  static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
