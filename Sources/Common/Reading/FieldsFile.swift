package import Failures
package import Fields
internal import Files

extension Fields {
  /// Reads the file that --fields names; 66 or 77 where it can't be had.
  package static func read(_ file: String) throws(Failure) -> Fields {
    let bytes: [UInt8]
    do throws(Failure) {
      let descriptor = try Descriptor.reading(Array(file.utf8))
      bytes = try FileIO.readAll(descriptor.number, limit: 1 << 20, name: file)
    } catch {
      throw Failure(error.exit == .permission ? .permission : .noInput, error.message)
    }
    return try Fields.parse(bytes, name: file)
  }
}
