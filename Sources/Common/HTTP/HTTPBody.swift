/// The body of an answer, read as it comes. It holds its line until its end, or until it is let go.
package final class HTTPBody {
  private var exchange: HTTPExchange?
  private let client: HTTPClient

  init(_ exchange: HTTPExchange, client: HTTPClient) {
    self.exchange = exchange
    self.client = client
  }

  deinit { finish() }

  /// Puts at least one byte into `buffer`, which is not empty; 0 only at the end, when all that was promised came.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Int {
    guard let exchange else { return 0 }
    let count = try exchange.read(into: buffer)
    if count == 0 { finish() }
    return count
  }

  /// All of it; `invalid` where it is longer than the limit.
  package func readAll(limit: Int) throws(HTTPError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      if count == 0 { return bytes }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      guard bytes.count <= limit else { throw .invalid("an answer longer than \(limit) bytes") }
    }
  }

  private func finish() {
    guard let exchange else { return }
    self.exchange = nil
    if let line = exchange.detach() { client.giveBack(line) }
  }
}
