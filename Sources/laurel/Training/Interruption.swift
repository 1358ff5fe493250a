import Dispatch
import Foundation

/// Ctrl-C and a polite kill: the first cancels the work, which then keeps what it has; the second ends the process
/// at once.
enum Interruption {
  /// Runs `body` in a task that SIGINT or SIGTERM cancels.
  static func cancelling<Result: Sendable>(
    saying message: String, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task(operation: body)
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { _exit(128 + number) }
        say(message)
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
    }
    return try await task.value
  }
}
