import Dispatch
import Foundation

/// Runs rewards on threads of their own, so that one that blocks its thread takes none from Swift's small pool.
@available(macOS 15, iOS 18, *)
private final class RewardThreads: TaskExecutor {
  static let shared = RewardThreads()
  private let queue = DispatchQueue(label: "laurel.rewards", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Resumes a continuation with whichever of several answers comes first.
private final class FirstAnswer<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var continuation: CheckedContinuation<Value, Never>?

  init(_ continuation: CheckedContinuation<Value, Never>) { self.continuation = continuation }

  func give(_ value: Value) {
    lock.lock()
    let waiting = continuation
    continuation = nil
    lock.unlock()
    waiting?.resume(returning: value)
  }
}

/// The result of `work`, or nil when it took longer than `seconds`.
///
/// The work is cancelled then; if it ignores that it goes on by itself (its thread stays busy), but the caller is
/// not kept waiting.
func withTimeLimit<Value: Sendable>(
  seconds: Double, _ work: @escaping @Sendable () async throws -> Value
) async -> Result<Value, any Error>? {
  await withCheckedContinuation { continuation in
    let answer = FirstAnswer<Result<Value, any Error>?>(continuation)
    let attempt: @Sendable () async -> Void = {
      do { answer.give(.success(try await work())) } catch { answer.give(.failure(error)) }
    }
    let task: Task<Void, Never>
    if #available(macOS 15, iOS 18, *) {
      task = Task(executorPreference: RewardThreads.shared) { await attempt() }
    } else {
      task = Task { await attempt() }
    }
    let milliseconds = Int(min(max(seconds, 0), 1e9) * 1000)
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
      task.cancel()
      answer.give(nil)
    }
  }
}
