import Dispatch
import Synchronization

/// Threads that share a list of jobs.
enum Parallel {
  /// Runs `body` on `threads` threads and waits for all of them.
  static func run(threads: Int, _ body: @escaping @Sendable () -> Void) {
    if threads <= 1 { return body() }
    DispatchQueue.concurrentPerform(iterations: threads) { _ in body() }
  }
}

/// The jobs 0 ..< count, handed out once each; nothing more is handed out after a failure.
final class Board<Output: Sendable>: Sendable {
  private struct State {
    var next = 0
    var finished = 0
    var outcomes: [Result<Output, any Error>?]
    var hasFailed = false
  }

  private let state: Mutex<State>

  init(count: Int) { state = Mutex(State(outcomes: Array(repeating: nil, count: count))) }

  var finished: Int { state.withLock { $0.finished } }

  func take() -> Int? {
    state.withLock { state in
      guard !state.hasFailed, state.next < state.outcomes.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func finish(_ job: Int, _ outcome: Result<Output, any Error>) {
    state.withLock { state in
      state.outcomes[job] = outcome
      state.finished += 1
      if case .failure = outcome { state.hasFailed = true }
    }
  }

  func results() throws -> [Output] {
    let outcomes = state.withLock { $0.outcomes }
    for case .failure(let error)? in outcomes { throw error }
    return try outcomes.compactMap { try $0?.get() }
  }
}
