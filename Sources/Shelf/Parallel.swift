import Dispatch
import Foundation

/// Threads that share a list of jobs.
enum Parallel {
  /// Runs `body` on `threads` threads and waits for all of them.
  static func run(threads: Int, _ body: @escaping @Sendable () -> Void) {
    if threads <= 1 { return body() }
    DispatchQueue.concurrentPerform(iterations: threads) { _ in body() }
  }
}

/// The jobs 0 ..< count, handed out once each; nothing more is handed out after a failure.
final class Board<Output: Sendable>: @unchecked Sendable {
  /// Guards everything below. (`Mutex` would need macOS 15.)
  private let lock = NSLock()
  private var next = 0
  private var done = 0
  private var outcomes: [Result<Output, any Error>?]
  private var hasFailed = false

  init(count: Int) { outcomes = Array(repeating: nil, count: count) }

  var finished: Int { lock.withLock { done } }

  func take() -> Int? {
    lock.withLock {
      guard !hasFailed, next < outcomes.count else { return nil }
      next += 1
      return next - 1
    }
  }

  func finish(_ job: Int, _ outcome: Result<Output, any Error>) {
    lock.withLock {
      outcomes[job] = outcome
      done += 1
      if case .failure = outcome { hasFailed = true }
    }
  }

  func results() throws -> [Output] {
    let outcomes = lock.withLock { self.outcomes }
    for case .failure(let error)? in outcomes { throw error }
    return try outcomes.compactMap { try $0?.get() }
  }
}
