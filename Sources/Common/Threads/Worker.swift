internal import Glibc

/// One POSIX thread that runs a closure.
package struct Worker: Sendable {
  private let handle: pthread_t

  /// Nil where the system has no thread to give; the caller then works with fewer.
  package static func start(_ work: @escaping @Sendable () -> Void) -> Worker? {
    var handle = pthread_t()
    let box = Unmanaged.passRetained(Box(work))
    let code = pthread_create(
      &handle, nil,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work() }
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      return nil
    }
    return Worker(handle: handle)
  }

  /// Waits until the closure is done; to be called once.
  package func join() { pthread_join(handle, nil) }

  private final class Box: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
}
