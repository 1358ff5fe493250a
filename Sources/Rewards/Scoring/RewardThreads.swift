import Foundation

/// Threads on which rewards run, so that one that blocks or spins takes none from Swift's pool, which has no
/// more of them than the machine has cores. A thread is added whenever none is idle, up to a limit.
final class RewardThreads: @unchecked Sendable {
  static let shared = RewardThreads()

  private let limit = 64
  private let idleSeconds = 10.0
  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  private var threads = 0
  private var idle = 0

  /// Runs `job` on one of the threads.
  func run(_ job: @escaping @Sendable () -> Void) {
    condition.withLock {
      jobs.append(job)
      if idle >= jobs.count || threads >= limit {
        condition.signal()
      } else {
        threads += 1
        let thread = Thread { self.work() }
        thread.name = "laurel.rewards"
        thread.stackSize = 8 << 20
        thread.start()
      }
    }
  }

  private func work() {
    while let job = next() { job() }
  }

  /// The next job; nil when there was none for a while and the thread should end.
  private func next() -> (@Sendable () -> Void)? {
    condition.withLock {
      while jobs.isEmpty {
        idle += 1
        let isSignalled = condition.wait(until: Date().addingTimeInterval(idleSeconds))
        idle -= 1
        if !isSignalled && jobs.isEmpty {
          threads -= 1
          return nil
        }
      }
      return jobs.removeFirst()
    }
  }
}

@available(macOS 15, iOS 18, *)
extension RewardThreads: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// How many calls of one reward go on although nobody waits for them any more.
///
/// A thread cannot be killed, so a call that hangs keeps its own for as long as it likes; what is bounded is
/// how many there can be. Copies of a reward entry share the count.
package final class StuckCalls: @unchecked Sendable {
  /// From this many on the reward is not asked again until one of them returns.
  package static let limit = 8
  /// Time-outs in a row after which the rest of a batch is not asked.
  static let patience = 4

  private let lock = NSLock()
  private var count = 0

  package init() {}

  package var isFull: Bool { lock.withLock { count >= Self.limit } }

  /// A call has been given up on.
  func enter() { lock.withLock { count += 1 } }

  /// A call that had been given up on has returned.
  func leave() { lock.withLock { count -= 1 } }
}
