import Testing
import Watermarks

/// When a holder renews, gives up, and what a sleep does to it. Of a lease of 60 s: renewed after 20, given up after 50.
@Suite struct TenureTests {
  @Test func `a lease is renewed at a third, from before it was asked for`() {
    var tenure = Tenure(length: 60_000, asked: 1000)
    #expect(tenure.next == 21_000 && tenure.end == 51_000)
    tenure.renewed(asked: 21_000)
    #expect(tenure.next == 41_000 && tenure.end == 71_000)
  }

  @Test func `an answer that comes late counts from when it was asked for, and never shortens`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    tenure.renewed(asked: 40_000)
    tenure.renewed(asked: 20_000)
    #expect(tenure.end == 90_000)
  }

  @Test func `after an error it is tried again, and the end stays`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    var tries = 0
    var now = tenure.next
    while now < tenure.end {
      tenure.failed(at: now)
      #expect(tenure.next > now)
      now = tenure.next
      tries += 1
    }
    #expect(tries == 30 && tenure.end == 50_000)
  }

  @Test func `it is stopped, and killed, before another can have it`() {
    for seconds in Int64(1)...600 {
      let tenure = Tenure(length: seconds * 1000, asked: 0)
      #expect(tenure.next > 0 && tenure.next < tenure.end)
      #expect(tenure.farewell > 0 && tenure.end + tenure.farewell < seconds * 1000)
    }
  }

  @Test func `whoever slept past the end has been refused nothing yet, and asks at once`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    tenure.woke(at: 30_000, due: 20_000)
    #expect(tenure.next == 20_000)
    tenure.woke(at: 500_000, due: 20_000)
    #expect(tenure.next == 500_000 && tenure.end == 510_000)
    // Ours still: as if nothing had been.
    tenure.renewed(asked: 500_000)
    #expect(tenure.next == 520_000 && tenure.end == 550_000)
    // No answer: the end is where it was set, and no second sleep is needed for it.
    tenure.slept(until: 600_000)
    tenure.failed(at: 600_010)
    #expect(tenure.end == 610_000)
  }

  @Test func `however often it sleeps, it has been refused nothing but once until it is renewed`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    for now in stride(from: Int64(70_000), through: 200_000, by: 11_000) {
      tenure.woke(at: now, due: now - 10_500)
    }
    #expect(tenure.end == 80_000)
    tenure.renewed(asked: 300_000)
    tenure.slept(until: 400_000)
    #expect(tenure.end == 410_000)
  }

  @Test func `a sleep that ends in time leaves it for one that does not`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    tenure.slept(until: 30_000)
    #expect(tenure.next == 30_000 && tenure.end == 50_000)
    tenure.slept(until: 100_000)
    #expect(tenure.end == 110_000)
  }

  @Test func `an answer to what was asked before a sleep does not say that it is held after it`() {
    var tenure = Tenure(length: 60_000, asked: 0)
    #expect(tenure.isConfirmed)
    tenure.slept(until: 100_000)
    tenure.renewed(asked: 20_000)
    #expect(!tenure.isConfirmed && tenure.next == 100_000 && tenure.end == 110_000)
    tenure.renewed(asked: 100_000)
    #expect(tenure.isConfirmed && tenure.next == 120_000 && tenure.end == 150_000)
  }
}
