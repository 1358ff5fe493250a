import Dispatch
import Foundation

/// Runs rewards on threads of their own, so that one that blocks its thread takes none from Swift's pool,
/// which has no more of them than the machine has cores. A thread is added whenever none is idle, up to a
/// limit.
@available(macOS 15, iOS 18, *)
private final class RewardThreads: TaskExecutor, @unchecked Sendable {
  static let shared = RewardThreads()

  private let limit = 64
  private let idleSeconds = 10.0
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var threads = 0
  private var idle = 0

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
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
    while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  /// The next job; nil when there was none for a while and the thread should end.
  private func next() -> UnownedJob? {
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

/// The race between a piece of work, its time limit and the caller's cancellation: the first answer counts.
private final class Race<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var continuation: CheckedContinuation<Value, Never>?
  private var answer: Value?
  private var task: Task<Void, Never>?

  /// Starts waiting; resumes at once when an answer is there already.
  func wait(_ continuation: CheckedContinuation<Value, Never>) {
    let early: Value? = lock.withLock {
      if answer == nil { self.continuation = continuation }
      return answer
    }
    if let early { continuation.resume(returning: early) }
  }

  /// Says which task to cancel when something else wins.
  func run(_ task: Task<Void, Never>) {
    let isLate = lock.withLock {
      self.task = task
      return answer != nil
    }
    if isLate { task.cancel() }
  }

  func finish(_ value: Value) {
    let (waiting, task): (CheckedContinuation<Value, Never>?, Task<Void, Never>?) = lock.withLock {
      if answer != nil { return (nil, nil) }
      answer = value
      defer { (continuation, self.task) = (nil, nil) }
      return (continuation, self.task)
    }
    task?.cancel()
    waiting?.resume(returning: value)
  }
}

/// How a piece of work under a time limit ended.
enum LimitedResult<Value: Sendable>: Sendable {
  case finished(Value)
  case threw(any Error)
  case timedOut
}

/// Runs `work` for at most `seconds`, or until the calling task is cancelled (which counts as a thrown
/// `CancellationError`).
///
/// The work is cancelled then; if it ignores that it goes on by itself (its thread stays busy), but the
/// caller is not kept waiting.
func withTimeLimit<Value: Sendable>(
  seconds: Double, _ work: @escaping @Sendable () async throws -> Value
) async -> LimitedResult<Value> {
  let race = Race<LimitedResult<Value>>()
  let attempt: @Sendable () async -> Void = {
    do { race.finish(.finished(try await work())) } catch { race.finish(.threw(error)) }
  }
  return await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      race.wait(continuation)
      if #available(macOS 15, iOS 18, *) {
        race.run(Task(executorPreference: RewardThreads.shared) { await attempt() })
      } else {
        race.run(Task { await attempt() })
      }
      let milliseconds = Int(min(max(seconds, 0), 1e9) * 1000)
      // Weak: the timer outlives the race, and must not keep its scores.
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak race] in
        race?.finish(.timedOut)
      }
    }
  } onCancel: {
    race.finish(.threw(CancellationError()))
  }
}
