internal import Glibc

/// The clock of this machine that nobody can set, for the leases of a store that only this machine's processes use, and for
/// those who hold one: the time since it was started, sleep included (CLOCK_BOOTTIME), and which start that was.
package enum MachineClock {
  static var now: StoreTime { StoreTime(epoch: boot, milliseconds: milliseconds) }

  package static var milliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
  }

  /// Random, drawn by the kernel at each start. Where /proc is missing all starts count as one.
  private static let boot: String = {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "unknown" }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &text, text.count)
    return String(decoding: text.prefix(max(count, 0)).prefix { $0 > 0x20 }, as: UTF8.self)
  }()
}
