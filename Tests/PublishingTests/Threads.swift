import Bytes
import Threads

/// Runs the body on so many threads at once, and waits for all.
func runThreads(_ count: Int, _ body: @Sendable (Int) -> Void) {
  _ = parallelMap(count: count, threads: count) { (index) -> Int in
    body(index)
    return index
  }
}

func digest(_ bytes: [UInt8]) -> String { SHA256.hex(bytes) }
