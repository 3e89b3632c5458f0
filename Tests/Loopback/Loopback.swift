import Foundation
import Glibc

/// A TCP server on this machine that does to its clients what a test tells it to. Each connection has a thread.
/// It listens until the process ends: a closed one's port or descriptor would soon be another's.
package final class Loopback: Sendable {
  package let port: UInt16

  package var url: String { "http://127.0.0.1:\(port)" }

  /// `handler` gets each connection with its number, counted from 0; when it returns, the connection is closed.
  package init(_ handler: @escaping @Sendable (Connection, Int) -> Void) throws {
    let (listener, port) = try Self.bound()
    guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
    self.port = port
    Thread.detachNewThread {
      var number = 0
      while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
        let current = number
        number += 1
        Thread.detachNewThread {
          let connection = Connection(descriptor)
          handler(connection, current)
          connection.close()
        }
      }
    }
  }

  /// A port on which nobody listens.
  package static func deadPort() throws -> UInt16 {
    let (socket, port) = try bound()
    close(socket)
    return port
  }

  private static func bound() throws -> (socket: Int32, port: UInt16) {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
      }
    }
    guard done else { throw POSIXError(.EADDRNOTAVAIL) }
    return (number, UInt16(bigEndian: address.sin_port))
  }

  /// A server that reads each request and gives the next of the answers; after the last one, that one again.
  package static func answering(_ answers: [String], log: Log = Log()) throws -> Loopback {
    try Loopback { connection, _ in
      while let request = connection.request() {
        let answer = answers[min(log.add(request), answers.count - 1)]
        connection.send(answer)
        if answer.lowercased().contains("connection: close") { return }
      }
    }
  }
}

/// The requests that a server has seen.
package final class Log: @unchecked Sendable {
  private let lock = NSLock()
  private var entries: [Connection.Request] = []

  package init() {}

  /// How many there were before.
  package func add(_ request: Connection.Request) -> Int {
    lock.withLock {
      entries.append(request)
      return entries.count - 1
    }
  }

  package var requests: [Connection.Request] { lock.withLock { entries } }
}

/// One connection, from the server's side.
package final class Connection: @unchecked Sendable {
  package struct Request: Sendable {
    package let head: String
    package let body: [UInt8]
    /// `GET /path`
    package var line: String { head.split(separator: "\r\n").first.map { String($0.dropLast(9)) } ?? "" }

    package func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
  }

  private let descriptor: Int32
  private var isClosed = false
  private var buffer: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next request with its body; nil when the client has closed.
  package func request() -> Request? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let index = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
        let head = String(decoding: buffer[..<index], as: UTF8.self)
        buffer.removeFirst(index + 4)
        let length = Request(head: head, body: []).header("content-length").flatMap { Int($0) } ?? 0
        while buffer.count < length { guard fill() else { return nil } }
        defer { buffer.removeFirst(length) }
        return Request(head: head, body: Array(buffer[..<length]))
      }
      guard fill() else { return nil }
    }
  }

  private func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count > 0 { buffer.append(contentsOf: chunk[..<count]) }
    return count > 0
  }

  /// False when the client is gone.
  @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Ends the connection with a reset.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  /// Returns when the client is gone, without having sent a byte.
  package func stall() { while fill() {} }

  /// Once: the number may be another's by then.
  func close() {
    if !isClosed { Glibc.close(descriptor) }
    isClosed = true
  }
}
