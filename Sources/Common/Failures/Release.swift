/// The version that the tools, and their requests, name.
package enum Release {
  package static let version = "0.1.0"
}
